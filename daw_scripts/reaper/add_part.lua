-- Stem Bridge: adds a part (see Settings) that fits the selected tracks or items, on a new track.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(function()
  local here = bridge.project.active()
  local handle = here.handle
  local part = bridge.settings.read(handle).part
  if part == "" then error({ sentence = "Say in Stem Bridge's settings which part to add (guitar, strings, …)." }) end
  local place = bridge.project.place(handle, bridge.settings.bars(handle), true)
  local request = bridge.project.describe(here, place)
  local base = here.file ~= "" and here.file:match("^(.*)[/\\]") or request.project.media
  request["do"] = "generate"
  request.block = bridge.settings.block(handle)
  request.block.task, request.block.stems = "lego", bridge.text.list({ part })
  local context = base .. "/StemBridge/context"
  local file = bridge.render(handle, place, context, bridge.mailbox.new_id())
  request.block.source_audio = file
  bridge.job.run(request, function(reply) return bridge.import.as_tracks(here, reply, "Stem Bridge: add a part") end, function()
    os.remove(file)
    os.remove(context) -- fails, as it should, if the folder is not empty
  end)
end)
