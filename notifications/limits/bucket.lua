-- One provider's tokens: a bucket a lane for its share, and a pool of what idle lanes do not use.

local function most(bucket, share)
    -- A bucket that cannot hold one unit would never let anything through.
    return math.max(1, bucket.rate * bucket.factor * RULES.burst * share)
end

-- What no lane can hold any more goes to the pool, from which every lane may borrow.
local function pour(bucket, spilled)
    bucket.pool = math.min(bucket.pool + spilled, most(bucket, RULES.pool_share))
end

local function add(bucket, lane, units)
    local level, full = bucket.levels[lane] + units, most(bucket, RULES.shares[lane])
    bucket.levels[lane] = math.min(level, full)
    -- No more than what was added: what a slower rate cuts off is gone.
    return math.max(0, math.min(level - full, units))
end

local function accrue(bucket, seconds)
    local before = bucket.factor
    bucket.factor = math.min(1, before + RULES.step * seconds)
    local gained = bucket.rate * (before + bucket.factor) / 2 * seconds
    local spilled = 0
    for lane, share in pairs(RULES.shares) do
        spilled = spilled + add(bucket, lane, gained * share)
    end
    pour(bucket, spilled)
end

local function read_bucket(key, rate, now)
    local kept = read(key)
    local bucket = {
        key = key,
        rate = rate,
        factor = tonumber(kept.factor or 1),
        slowed_at = tonumber(kept.slowed_at or 0),
        shut_until = believable(kept.shut_until, now, RULES.longest_shut),
        pool = tonumber(kept.pool or 0),
        levels = {},
    }
    for lane, share in pairs(RULES.shares) do
        bucket.levels[lane] = tonumber(kept[lane] or most(bucket, share))
    end
    -- Nothing is saved up while the provider is shut.
    local since = math.max(tonumber(kept.seen_at or now), bucket.shut_until)
    accrue(bucket, math.max(0, now - since))
    return bucket
end

local function write_bucket(bucket, now)
    local fields = {
        factor = bucket.factor,
        slowed_at = bucket.slowed_at,
        shut_until = bucket.shut_until,
        pool = bucket.pool,
        seen_at = now,
    }
    for lane, level in pairs(bucket.levels) do
        fields[lane] = level
    end
    write(bucket.key, fields)
end

local function pay_from_pool(bucket, lane)
    local paid = math.min(bucket.pool, math.max(0, -bucket.levels[lane]))
    bucket.pool = bucket.pool - paid
    bucket.levels[lane] = bucket.levels[lane] + paid
end

-- Returns the units granted, and the seconds until about a second's worth more is there.
local function take(bucket, lane, wanted)
    if bucket.rate <= 0 then
        return wanted, 0
    end
    local there = bucket.levels[lane] + bucket.pool
    local granted = math.max(0, math.min(wanted, math.floor(there + 0.000001)))
    bucket.levels[lane] = bucket.levels[lane] - granted
    if granted > 0 then
        pay_from_pool(bucket, lane)
    end
    if granted == wanted then
        return granted, 0
    end
    local speed = bucket.rate * bucket.factor * RULES.shares[lane]
    local more = math.min(wanted - granted, math.max(1, speed))
    return granted, math.max(0, more - (there - granted)) / speed
end

-- Negative units are a bill: more was spent than had been taken.
local function give_back(bucket, lane, units)
    if bucket.rate > 0 then
        pour(bucket, add(bucket, lane, units))
        pay_from_pool(bucket, lane)
    end
end

local function slow_down(bucket, seconds, now)
    if now - bucket.slowed_at >= RULES.halve_every then
        bucket.factor = math.max(RULES.slowest, bucket.factor / 2)
        bucket.slowed_at = now
    end
    if bucket.rate <= 0 then
        -- Without a rate there is nothing to halve.
        seconds = math.max(seconds, RULES.pause)
    end
    bucket.shut_until = math.max(bucket.shut_until, now + math.min(seconds, RULES.longest_shut))
end
