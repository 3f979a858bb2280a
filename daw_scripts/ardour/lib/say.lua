-- Sentences for the user.

return function()
  local say = {}

  -- Shows a sentence until the user closes it.
  function say.show(sentence)
    print("Stem Bridge: " .. sentence)
    LuaDialog.Message("Stem Bridge", sentence, LuaDialog.MessageType.Warning, LuaDialog.ButtonType.Close):run()
  end

  -- Returns the sentence that an error means to the user.
  function say.sentence(failure)
    if type(failure) == "table" and failure.sentence then return failure.sentence end
    return "Stem Bridge stumbled over " .. tostring(failure)
  end

  -- Runs `work`; what goes wrong in it is shown. An error that got through would take the script away until Ardour is
  -- started again.
  function say.guard(work)
    local fine, failure = pcall(work)
    if not fine then say.show(say.sentence(failure)) end
  end

  return say
end
