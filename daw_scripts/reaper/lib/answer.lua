-- Turns the lines of a reply file into a table: state, progress, takes and their stems, notices.

return function(lines)
  local reply = { state = "", progress = 0, phase = "", message = "", start = 0, takes = {}, notices = {} }
  local take
  for _, fields in ipairs(lines) do
    local name = fields[1]
    if name == "take" then
      take = { folder = fields[2], is_best = fields[3] == "1", stems = {} }
      reply.takes[#reply.takes + 1] = take
    elseif name == "stem" then
      take.stems[#take.stems + 1] = { name = fields[2], file = fields[3], color = fields[4] }
    elseif name == "mix" then
      take.mix = { name = fields[2], file = fields[3], color = fields[4] }
    elseif name == "notice" then
      reply.notices[#reply.notices + 1] = fields[2]
    elseif name == "progress" or name == "start" then
      reply[name] = tonumber(fields[2])
    elseif name == "state" or name == "phase" or name == "message" or name == "job" or name == "place" then
      reply[name] = fields[2]
    end
  end
  reply.is_final = reply.state == "done" or reply.state == "failed" or reply.state == "cancelled"
  return reply
end
