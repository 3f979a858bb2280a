-- The small window that shows a job's progress. It asks no questions and never blocks.

return function()
  local window = {}
  local WIDTH, HEIGHT, MARGIN, LINE = 420, 96, 12, 18
  local ESCAPE, CLOSED = 27, -1
  local is_open = false

  function window.open()
    if is_open then return end
    gfx.init("Stem Bridge", WIDTH, HEIGHT, 0)
    gfx.setfont(1, "Arial", 15)
    is_open = true
  end

  function window.close()
    if is_open then gfx.quit() end
    is_open = false
  end

  -- Returns true if the user has closed the window or pressed Esc.
  function window.is_dismissed()
    local key = gfx.getchar()
    return key == ESCAPE or key == CLOSED
  end

  local function draw_wrapped(sentence, y)
    local line = ""
    for word in sentence:gmatch("%S+") do
      local longer = line == "" and word or line .. " " .. word
      if line ~= "" and gfx.measurestr(longer) > gfx.w - 2 * MARGIN then
        gfx.x, gfx.y = MARGIN, y
        gfx.drawstr(line)
        line, y = word, y + LINE
      else
        line = longer
      end
    end
    gfx.x, gfx.y = MARGIN, y
    gfx.drawstr(line)
  end

  -- Draws a sentence, and a bar for `progress` (0–1) if it is given.
  function window.draw(sentence, progress)
    gfx.set(0.13, 0.14, 0.16, 1)
    gfx.rect(0, 0, gfx.w, gfx.h, 1)
    gfx.set(0.93, 0.93, 0.93, 1)
    draw_wrapped(sentence, MARGIN)
    if progress then
      local width, y = gfx.w - 2 * MARGIN, gfx.h - MARGIN - 8
      gfx.set(0.25, 0.27, 0.3, 1)
      gfx.rect(MARGIN, y, width, 8, 1)
      gfx.set(0.18, 0.53, 0.67, 1)
      gfx.rect(MARGIN, y, width * progress, 8, 1)
    end
    gfx.update()
  end

  return window
end
