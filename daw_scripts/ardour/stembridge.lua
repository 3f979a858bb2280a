-- Puts the library together; `folder` is where it lies, with a slash at its end. Returns what the scripts do:
-- `generate`, `regenerate`, `ask_settings` (actions) and `tick` (the hook, ten times a second).

return function(folder)
  local function load(name)
    return assert(loadfile(folder .. name))()
  end

  local home = load("home.lua")
  local text = load("lib/text.lua")
  local json = load("lib/json.lua")
  local session = load("lib/session.lua")(load("lib/tempo.lua"))
  local settings = load("lib/settings.lua")(session)
  local companion = load("lib/companion.lua")(home, text, json)
  local say = load("lib/say.lua")()
  local wishes = load("lib/wishes.lua")(home, text, session, settings, companion, say)
  local import = load("lib/import.lua")()
  local hook = load("lib/hook.lua")(session, companion, load("lib/take.lua")(json, text), import, say)
  return {
    generate = wishes.generate,
    regenerate = wishes.regenerate,
    ask_settings = wishes.ask_settings,
    tick = hook.tick,
  }
end
