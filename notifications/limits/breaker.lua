-- One provider's breaker: closed (all may pass), open (none), half_open (one worker may probe).

local function read_breaker(key, now)
    local kept = read(key)
    local breaker = {
        key = key,
        state = kept.state or 'closed',
        kind = kept.kind or '',
        cause = kept.cause or '',
        since = tonumber(kept.since or 0),
        open_until = believable(kept.open_until, now, RULES.longest_open),
        closed_at = tonumber(kept.closed_at or 0),
        streak = tonumber(kept.streak or 0),
        probe = kept.probe or '',
        probe_until = believable(kept.probe_until, now, RULES.probe_seconds),
        good = 0,
        bad = 0,
        stale = {},
    }
    for name, count in pairs(kept) do
        local word, slot = string.match(name, '^(%a+):(%d+)$')
        if word then
            if math.abs(now - tonumber(slot) * RULES.slot) <= RULES.window then
                breaker[word] = breaker[word] + tonumber(count)
            else
                table.insert(breaker.stale, name)
            end
        end
    end
    if breaker.state == 'open' and now >= breaker.open_until then
        breaker.state = 'half_open'
    end
    return breaker
end

local function write_breaker(breaker)
    write(breaker.key, {
        state = breaker.state,
        kind = breaker.kind,
        cause = breaker.cause,
        since = breaker.since,
        open_until = breaker.open_until,
        closed_at = breaker.closed_at,
        streak = breaker.streak,
        probe = breaker.probe,
        probe_until = breaker.probe_until,
    })
end

-- Returns how many rows may pass now, and else the seconds until it is worth asking again.
local function admits(breaker, rows, now)
    if breaker.state == 'closed' then
        return rows, 0
    end
    if breaker.state == 'open' then
        return 0, breaker.open_until - now
    end
    if breaker.probe ~= '' and now < breaker.probe_until then
        return 0, 1
    end
    return math.min(rows, RULES.probe_rows), 0
end

local function lend_probe(breaker, token, now)
    if breaker.state == 'half_open' then
        breaker.probe = token
        breaker.probe_until = now + RULES.probe_seconds
        write_breaker(breaker)
        return true
    end
    return false
end

local function forget_counts(breaker)
    local key = breaker.key
    for name in pairs(read(key)) do
        if string.find(name, ':', 1, true) then
            redis.call('HDEL', key, name)
        end
    end
    breaker.good, breaker.bad = 0, 0
end

local function open(breaker, kind, cause, now)
    local again = breaker.state == 'half_open' and breaker.kind == kind
    local soon = breaker.kind == kind and now - breaker.closed_at < RULES.remembers
    breaker.streak = (again or soon) and breaker.streak + 1 or 1
    local first, longest = unpack(RULES.open_for[kind])
    if not again then
        breaker.since = now
    end
    breaker.state, breaker.kind, breaker.cause, breaker.probe = 'open', kind, cause, ''
    breaker.open_until = now + math.min(longest, first * 2 ^ math.min(breaker.streak - 1, 16))
    forget_counts(breaker)
    return again and 'reopened' or 'opened'
end

local function close(breaker, now)
    breaker.state, breaker.cause, breaker.probe = 'closed', '', ''
    breaker.since, breaker.closed_at = now, now
    return 'closed'
end

local function count(breaker, told, now)
    for _, name in ipairs(breaker.stale) do
        redis.call('HDEL', breaker.key, name)
    end
    for _, word in ipairs({'good', 'bad'}) do
        if told[word] > 0 then
            local slot = word .. ':' .. math.floor(now / RULES.slot)
            redis.call('HINCRBY', breaker.key, slot, told[word])
            breaker[word] = breaker[word] + told[word]
        end
    end
    redis.call('EXPIRE', breaker.key, RULES.kept_for)
end

-- Returns what became of the breaker: "opened", "reopened", "closed", or "" for no change.
local function hear(breaker, told, now)
    local is_probe = breaker.state == 'half_open' and told.token ~= '' and told.token == breaker.probe
    if breaker.state ~= 'closed' and not is_probe then
        -- The answers of calls from before it opened.
        return ''
    end
    if told.account_fault ~= '' then
        return open(breaker, 'account', told.account_fault, now)
    end
    local good, bad = told.good, told.bad
    if is_probe then
        -- Whoever asks us to slow down is there.
        good = good + told.throttled
    else
        count(breaker, told, now)
        good, bad = breaker.good, breaker.bad
    end
    local enough = good + bad >= (is_probe and 1 or RULES.enough)
    if enough and told.bad > 0 and bad >= RULES.bad_share * (good + bad) then
        return open(breaker, 'faults', told.cause, now)
    end
    return is_probe and enough and close(breaker, now) or ''
end
