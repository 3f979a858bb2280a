-- Shows sentences and errors to the user.

return function()
  local say = {}

  -- Shows a sentence until the user closes it.
  function say.show(sentence)
    print("Stem Bridge: " .. sentence)
    LuaDialog.Message("Stem Bridge", sentence, LuaDialog.MessageType.Warning, LuaDialog.ButtonType.Close):run()
  end

  -- Returns an error as a sentence for the user.
  function say.sentence(failure)
    if type(failure) == "table" and failure.sentence then return failure.sentence end
    return "Stem Bridge stumbled over " .. tostring(failure)
  end

  -- Runs `work`, and shows an error that it raises. After an uncaught error Ardour drops the script until its next
  -- start.
  function say.guard(work)
    local fine, failure = pcall(work)
    if not fine then say.show(say.sentence(failure)) end
  end

  return say
end
