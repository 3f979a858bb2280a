-- Loads the library; `folder` is the folder of the actions, with a slash at its end.

return function(folder)
  local function load(name)
    return dofile(folder .. "lib/" .. name .. ".lua")
  end

  -- A second press of an action's key starts it again without REAPER's question (REAPER 7.03 and later).
  local allow_twice = reaper["set_action_options"]
  if allow_twice then allow_twice(2) end

  local home = dofile(folder .. "home.lua")
  local text = load("text")
  local settings = load("settings")(text)
  local project = load("project")(text, settings, load("meters"))
  local tags = load("tags")()
  local mailbox = load("mailbox")(home, text)
  local import = load("import")(project, settings, tags)
  local read_reply = load("answer")
  local job = load("job")(home, text, mailbox, read_reply, load("window")())
  return {
    text = text,
    settings = settings,
    project = project,
    tags = tags,
    mailbox = mailbox,
    import = import,
    render = load("context")(),
    job = job,
    live_link = load("line")(text, settings, project, mailbox, read_reply, import, job),
  }
end
