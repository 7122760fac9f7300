-- Hashes as tables, and times that cannot be.

local function read(key)
    local flat, kept = redis.call('HGETALL', key), {}
    for place = 1, #flat, 2 do
        kept[flat[place]] = flat[place + 1]
    end
    return kept
end

local function write(key, fields)
    local flat = {}
    for name, value in pairs(fields) do
        table.insert(flat, name)
        -- Lua's own way to write a number keeps too few digits of a time.
        table.insert(flat, type(value) == 'number' and string.format('%.6f', value) or value)
    end
    redis.call('HSET', key, unpack(flat))
    redis.call('EXPIRE', key, RULES.kept_for)
end

-- A time further ahead than we ever set one is from before the clock was set back.
local function believable(kept, now, longest)
    local time = tonumber(kept or 0)
    return time - now <= longest + 1 and time or 0
end
