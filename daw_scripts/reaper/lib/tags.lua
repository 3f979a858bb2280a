-- Tags on the items that the companion has made, kept in the project.

return function()
  local tags = {}

  -- Tags an item: `group` is the job that first made its track, `job` the one that made its newest take.
  function tags.mark(item, group, job, stem)
    for name, value in pairs({ group = group, job = job, stem = stem }) do
      reaper.GetSetMediaItemInfo_String(item, "P_EXT:stembridge_" .. name, value, true)
    end
  end

  -- Returns the tag `name` of an item, nil if it has none.
  function tags.of(item, name)
    local found, value = reaper.GetSetMediaItemInfo_String(item, "P_EXT:stembridge_" .. name, "", false)
    return found and value ~= "" and value or nil
  end

  -- Returns all items of a group that begin where `like` begins; without `like`, where the group's last item begins.
  function tags.items(handle, group, like)
    local found, start = {}, like and reaper.GetMediaItemInfo_Value(like, "D_POSITION")
    for index = reaper.CountMediaItems(handle) - 1, 0, -1 do
      local item = reaper.GetMediaItem(handle, index)
      if tags.of(item, "group") == group then
        local position = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
        start = start or position
        if math.abs(position - start) < 1e-3 then table.insert(found, 1, item) end
      end
    end
    return found
  end

  -- Returns the selected item that the companion has made, nil if there is none.
  function tags.selected(handle)
    for index = 0, reaper.CountSelectedMediaItems(handle) - 1 do
      local item = reaper.GetSelectedMediaItem(handle, index)
      if tags.of(item, "group") then return item end
    end
    return nil
  end

  return tags
end
