-- Loads the library; `folder` is its folder, with a slash at its end. Returns the functions of the scripts: the actions
-- `generate`, `regenerate` and `ask_settings`, and `tick`, which the hook calls ten times a second.

return function(folder)
  local function load(name)
    return assert(loadfile(folder .. name))()
  end

  local home = load("home.lua")
  local text = load("lib/text.lua")
  local json = load("lib/json.lua")
  local session = load("lib/session.lua")(load("lib/tempo.lua"), load("lib/meters.lua"))
  local settings = load("lib/settings.lua")(session)
  local companion = load("lib/companion.lua")(home, text, json)
  local say = load("lib/say.lua")()
  local actions = load("lib/wishes.lua")(home, text, session, settings, companion, say)
  local import = load("lib/import.lua")()
  local hook = load("lib/hook.lua")(session, companion, load("lib/take.lua")(json, text), import, say)
  return {
    generate = actions.generate,
    regenerate = actions.regenerate,
    ask_settings = actions.ask_settings,
    tick = hook.tick,
  }
end
