-- What workers ask of both together, in one round trip. RULES and the helpers stand before this.

local told = cjson.decode(ARGV[1])
local now = told.now
if not now then
    local time = redis.call('TIME')
    now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local bucket = read_bucket(KEYS[1], told.rate, now)
local breaker = read_breaker(KEYS[2], now)

local function enter()
    local rows, wait = admits(breaker, told.rows, now)
    if rows == 0 then
        return {rows = 0, units = 0, wait = wait, is_down = true, is_probe = false}
    end
    if now < bucket.shut_until then
        wait = bucket.shut_until - now
        local is_down = wait > RULES.short_shut
        return {rows = 0, units = 0, wait = wait, is_down = is_down, is_probe = false}
    end
    local units
    units, wait = take(bucket, told.lane, math.ceil(rows * told.units_a_row))
    if bucket.rate > 0 then
        write_bucket(bucket, now)
    end
    -- Less than a whole message is enough for one: the rest is billed when it is sent.
    local granted = math.min(rows, math.max(1, math.floor(units / told.units_a_row)))
    if units == 0 then
        return {rows = 0, units = 0, wait = wait, is_down = false, is_probe = false}
    end
    local is_probe = lend_probe(breaker, told.token, now)
    return {rows = granted, units = units, wait = wait, is_down = false, is_probe = is_probe}
end

local function report()
    if told.back ~= 0 then
        give_back(bucket, told.lane, told.back)
    end
    if told.throttled > 0 then
        slow_down(bucket, told.retry_after, now)
    end
    if told.back ~= 0 or told.throttled > 0 then
        write_bucket(bucket, now)
    end
    local event = ''
    if told.good + told.bad + told.throttled > 0 or told.account_fault ~= '' then
        event = hear(breaker, told, now)
    end
    if told.is_over and told.token ~= '' and breaker.probe == told.token then
        breaker.probe = ''
        write_breaker(breaker)
    elseif event ~= '' then
        write_breaker(breaker)
    end
    return {event = event, cause = breaker.cause, seconds = breaker.open_until - now}
end

local function look()
    return {
        state = breaker.state,
        since = breaker.since,
        open_until = breaker.open_until,
        cause = breaker.cause,
        is_ours = breaker.kind == 'account',
        good = breaker.good,
        bad = breaker.bad,
        factor = bucket.factor,
        shut_until = bucket.shut_until,
    }
end

return cjson.encode(({enter = enter, report = report, look = look})[told.ask]())
