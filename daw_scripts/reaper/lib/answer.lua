-- What the companion answers, as tables.

return function(lines)
  local answer = { state = "", progress = 0, phase = "", message = "", start = 0, takes = {}, notices = {} }
  local take
  for _, line in ipairs(lines) do
    local name = line[1]
    if name == "take" then
      take = { folder = line[2], is_best = line[3] == "1", stems = {} }
      answer.takes[#answer.takes + 1] = take
    elseif name == "stem" then
      take.stems[#take.stems + 1] = { name = line[2], file = line[3], color = line[4] }
    elseif name == "mix" then
      take.mix = { name = line[2], file = line[3], color = line[4] }
    elseif name == "notice" then
      answer.notices[#answer.notices + 1] = line[2]
    elseif name == "progress" or name == "start" then
      answer[name] = tonumber(line[2])
    elseif name == "state" or name == "phase" or name == "message" or name == "job" or name == "place" then
      answer[name] = line[2]
    end
  end
  answer.is_final = answer.state == "done" or answer.state == "failed" or answer.state == "cancelled"
  return answer
end
