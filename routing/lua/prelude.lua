-- Put before every script of this folder, between clock.lua and assign.lua.
-- KEYS[1] is the desk's key prefix, "mayfly:{s:<desk>}:" (see routing/keys.py).
-- ARGV[1] is how many rings in a row an agent may miss; a script's own arguments begin with ARGV[2].
local MISSED_MAX = tonumber(ARGV[1])
local ASK_AGAIN_MS = 60000 -- who refused or missed a chat is not asked about it again before
local LOOK_AGAIN_MS = 2000 -- a chat that cannot go on to its next step yet is looked at again

-- A chat's turn in its line is its score there: the class first, then the arrival. Both are exact in a double:
-- arrivals are counted from ZERO in 64ths of a millisecond, and classes lie further apart than arrivals ever do.
local ZERO, CLASS = 1700000000000, 1000000000000
local RINGING, HEAD, AGED = 102, 101, 100 -- above the priorities, which are classes 0 to 99

-- An agent's turn is their score among the seats of a line: the share of their capacity that is in use first, then the
-- number of the pairing that gave them their last chat. A double holds both: shares are told apart for capacities up to
-- 180, pairings up to 2^36.
local SHARE, FULL = 2 ^ 36, 2 ^ 52

local touched, moved = {}, {} -- lines in which somebody may be paired now; lines of which the nodes shall hear

local function publish(event)
  redis.call('PUBLISH', P .. 'feed', cjson.encode(event))
end

local function queue_changed(line)
  touched[line], moved[line] = true, true
end

-- ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- The lines an agent takes chats from: their teams' and their own.
local function lines_of(agent)
  local lines = { 'agent:' .. agent }
  for team in string.gmatch(redis.call('HGET', P .. 'agent:' .. agent, 'teams') or '', '[^,]+') do
    lines[#lines + 1] = team
  end
  return lines
end

local function load_of(agent)
  return redis.call('SCARD', P .. 'holds:' .. agent) + redis.call('SCARD', P .. 'rings:' .. agent)
end

-- Whoever is available, that is there, willing, and allowed to have a chat at all, has a seat in each of their lines.
-- To be called when any of that has changed, or their load. Returns the lines.
local function seat(agent)
  local lines = lines_of(agent)
  local status, left, capacity, last =
    unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'status', 'left', 'capacity', 'last'))
  capacity = tonumber(capacity or 0)
  if status == 'available' and left == '0' and capacity > 0 then
    local turn = math.floor(load_of(agent) / capacity * (FULL / SHARE) + 0.5) * SHARE + (last or 0)
    for _, line in ipairs(lines) do redis.call('ZADD', P .. 'seats:' .. line, turn, agent) end
  else
    for _, line in ipairs(lines) do redis.call('ZREM', P .. 'seats:' .. line, agent) end
  end
  return lines
end

-- Set fields of an agent; all that is known of them is kept 7 days after the last use.
local function know(agent, ...)
  redis.call('HSET', P .. 'agent:' .. agent, ...)
  redis.call('EXPIRE', P .. 'agent:' .. agent, 604800)
  seat(agent)
end

-- Whether anybody of a line is available, free or not.
local function staffed(line)
  return redis.call('EXISTS', P .. 'seats:' .. line) == 1
end

-- An agent's places have become free.
local function freed(agent)
  for _, line in ipairs(seat(agent)) do touched[line] = true end
end

-- ── a chat's turn and its route ─────────────────────────────────────────────────────────────────────────────────

local function chat_key(chat) return P .. 'chat:' .. chat end

-- Put a chat where it belongs in the line it is in.
local function rank(chat)
  local line, arrived, class, priority, offered =
    unpack(redis.call('HMGET', chat_key(chat), 'line', 'arrived', 'class', 'priority', 'offered'))
  class = tonumber(class)
  if offered ~= '' then class = RINGING elseif class == 0 then class = tonumber(priority) end
  redis.call('ZADD', P .. 'queue:' .. line, tonumber(arrived) - ZERO - class * CLASS, chat)
  redis.call('SADD', P .. 'lines', line)
  moved[line] = true
  return line, class, tonumber(arrived)
end

-- The same for a chat that may now find an agent there.
local function place(chat)
  local line, class, arrived = rank(chat)
  touched[line] = true
  return class, arrived
end

local function unplace(chat, line)
  redis.call('ZREM', P .. 'queue:' .. line, chat)
  moved[line] = true
end

local function deadline(kind, chat, at)
  redis.call('ZADD', P .. 'deadlines', at, kind .. ':' .. chat)
end

local function no_deadlines(chat)
  redis.call('ZREM', P .. 'deadlines', 'fair:' .. chat, 'ring:' .. chat, 'step:' .. chat, 'transfer:' .. chat)
end

-- Steps as routing/types.py writes them: a JSON list of lists.
local routes = {}
local function step_at(steps, index)
  routes[steps] = routes[steps] or cjson.decode(steps)
  local step = routes[steps][index + 1]
  return step and {
    line = step[1], team = step[2], wait = step[3], max = step[4], accept = step[5], fair = step[6],
    hours = step[7] ~= cjson.null and step[7] or nil, personal = string.sub(step[1], 1, 6) == 'agent:',
  }
end

-- Whether a step is open now, and until when (nil: for good).
local function open(step)
  if not step.hours then return true end
  for _, range in ipairs(step.hours) do
    if now >= range[1] and now < range[2] then return true, range[2] end
  end
  return false
end

-- A full line still takes a chat for which somebody is free: it will not wait.
local function full(step)
  if redis.call('ZCARD', P .. 'queue:' .. step.line) < step.max then return false end
  local _, turn = unpack(redis.call('ZRANGE', P .. 'seats:' .. step.line, 0, 0, 'WITHSCORES'))
  return not turn or tonumber(turn) >= FULL
end

-- Wait for the next look at whether a chat should go on to another step. The last step has none.
local function watch_step(chat, step, is_last, entered)
  if is_last then return end
  local at = entered + step.wait
  local is_open, closes = open(step)
  if closes and closes < at then at = closes end
  if at <= now or not is_open or not staffed(step.line) then at = now + LOOK_AGAIN_MS end
  deadline('step', chat, at)
end

-- From now on nobody who came later goes before this chat.
local function age(chat)
  if redis.call('HGET', chat_key(chat), 'class') ~= '0' then return end
  redis.call('HSET', chat_key(chat), 'class', AGED)
  place(chat)
end

-- Begin to wait in a step's line; further fields that change with that.
local function enter(chat, steps, index, ...)
  local step = step_at(steps, index)
  redis.call('HSET', chat_key(chat), 'line', step.line, 'team', step.team, 'steps', steps, 'step', index, 'entered', now,
    'accept', step.accept, ...)
  watch_step(chat, step, step_at(steps, index + 1) == nil, now)
  local class, arrived = place(chat)
  if class < AGED then
    local fair = arrived + step.fair
    if fair <= now then age(chat) else deadline('fair', chat, fair) end
  end
end

-- The first step from ``from`` on that is open, has somebody available and room.
local function usable_step(steps, from)
  local index = from
  local step = step_at(steps, index)
  while step do
    if open(step) and staffed(step.line) and not full(step) then return index end
    index = index + 1
    step = step_at(steps, index)
  end
end

-- The first open step from ``from`` on with room, of a team or of a person. Also tells whether any such was open.
local function open_step(steps, from, personal)
  local index, any = from, false
  local step = step_at(steps, index)
  while step do
    if step.personal == personal and open(step) then
      any = true
      if not full(step) then return index, true end
    end
    index = index + 1
    step = step_at(steps, index)
  end
  return nil, any
end

-- A waiting chat goes on to its next step if it should and can.
local function advance(chat)
  local key = chat_key(chat)
  local line, steps, index, entered, offered = unpack(redis.call('HMGET', key, 'line', 'steps', 'step', 'entered', 'offered'))
  index, entered = tonumber(index), tonumber(entered)
  local step = step_at(steps, index)
  local usable = open(step) and staffed(line)
  local to
  if offered == '' and (not usable or now >= entered + step.wait) then
    to = usable_step(steps, index + 1) or (not usable and step.personal and open_step(steps, index + 1, false))
  end
  if to then
    unplace(chat, line)
    enter(chat, steps, to)
    local new = step_at(steps, to)
    publish({ type = 'moved_on', chat = chat, line = new.line, team = new.team, step = to })
  elseif offered ~= '' then
    deadline('step', chat, now + LOOK_AGAIN_MS)
  else
    watch_step(chat, step, step_at(steps, index + 1) == nil, entered)
  end
end

-- If nobody of a line is available any more, those who wait in it look for another step at once: the first 1000, so that
-- no call blocks Redis for long. Who stands behind them looks when their own wait here is over.
local function perhaps_unstaffed(line)
  queue_changed(line)
  if staffed(line) then return end
  for _, chat in ipairs(redis.call('ZRANGE', P .. 'queue:' .. line, 0, 999)) do
    redis.call('ZADD', P .. 'deadlines', 'XX', now, 'step:' .. chat)
  end
end

-- ── ringing ─────────────────────────────────────────────────────────────────────────────────────────────────────

local function unring(chat, agent, reason)
  redis.call('SREM', P .. 'rings:' .. agent, chat)
  redis.call('HSET', chat_key(chat), 'offered', '', 'offer_until', 0)
  redis.call('ZREM', P .. 'deadlines', 'ring:' .. chat)
  publish({ type = 'rang_off', chat = chat, agent = agent, reason = reason })
  freed(agent)
end

local function transfer_over(chat, reason)
  local key = chat_key(chat)
  local line, agent, offered = unpack(redis.call('HMGET', key, 'line', 'agent', 'offered'))
  if offered ~= '' then unring(chat, offered, 'withdrawn') end
  unplace(chat, line)
  no_deadlines(chat)
  redis.call('HSET', key, 'line', '', 'transfer', '', 'transfer_until', 0, 'class', 0)
  if reason then publish({ type = 'transfer_over', chat = chat, agent = agent, line = line, reason = reason }) end
end

-- The chat did not find an agent where it rang: it goes to the head of its line, for the next.
local function back_to_line(chat, agent, reason)
  local key = chat_key(chat)
  unring(chat, agent, reason)
  local line, transfer = unpack(redis.call('HMGET', key, 'line', 'transfer'))
  if transfer ~= '' and line == 'agent:' .. agent then
    transfer_over(chat, reason == 'declined' and 'declined' or 'not_taken')
  else
    redis.call('HSET', key, 'class', HEAD)
    if reason ~= 'withdrawn' then
      redis.call('HSET', key, 'asked:' .. agent, now)
      if line == 'agent:' .. agent then -- there is nobody else to wait for in a person's line
        redis.call('HSET', key, 'entered', 0)
        redis.call('ZADD', P .. 'deadlines', 'XX', now, 'step:' .. chat)
      end
    end
    place(chat)
  end
end

local function withdraw_rings(agent)
  for _, chat in ipairs(redis.call('SMEMBERS', P .. 'rings:' .. agent)) do back_to_line(chat, agent, 'withdrawn') end
end

local function set_away(agent, reason)
  know(agent, 'status', 'away', 'missed', 0)
  publish({ type = 'status_chosen', agent = agent, status = 'away', reason = reason })
  withdraw_rings(agent)
  for _, line in ipairs(lines_of(agent)) do perhaps_unstaffed(line) end
end

-- An agent's last console tab is gone; the grace has begun.
local function has_left(agent)
  know(agent, 'left', '1')
  publish({ type = 'agent_gone', agent = agent })
  withdraw_rings(agent)
  for _, line in ipairs(lines_of(agent)) do perhaps_unstaffed(line) end
end

local function miss(chat)
  local agent = redis.call('HGET', chat_key(chat), 'offered')
  back_to_line(chat, agent, 'missed')
  local missed = redis.call('HINCRBY', P .. 'agent:' .. agent, 'missed', 1)
  if missed >= MISSED_MAX then set_away(agent, 'missed') end
end

-- ── having a chat ───────────────────────────────────────────────────────────────────────────────────────────────

-- The step of a transfer comes to stand before the route.
local function take_over_route(chat, steps, transfer)
  local step = step_at(transfer, 0)
  local route = string.sub(transfer, 1, -2) .. ',' .. string.sub(steps, 2)
  redis.call('HSET', chat_key(chat), 'transfer', '', 'transfer_until', 0, 'steps', route, 'step', 0, 'team', step.team)
  return step.team, route
end

local function hold_chat(chat, agent)
  local key = chat_key(chat)
  local line, team, before, offered, arrived, epoch, steps, transfer =
    unpack(redis.call('HMGET', key, 'line', 'team', 'agent', 'offered', 'arrived', 'epoch', 'steps', 'transfer'))
  if offered ~= '' then unring(chat, offered, offered == agent and 'accepted' or 'withdrawn') end
  if line ~= '' then unplace(chat, line) end
  if transfer ~= '' then team = take_over_route(chat, steps, transfer) end
  if before ~= '' then
    redis.call('SREM', P .. 'holds:' .. before, chat)
    freed(before)
  end
  no_deadlines(chat)
  epoch = epoch + 1
  redis.call('HSET', key, 'state', 'active', 'agent', agent, 'epoch', epoch, 'line', '', 'assigned', now, 'class', 0)
  redis.call('SADD', P .. 'holds:' .. agent, chat)
  redis.call('HSET', P .. 'agent:' .. agent, 'last', redis.call('INCR', P .. 'pairings'))
  seat(agent)
  publish({
    type = 'paired', chat = chat, agent = agent, name = redis.call('HGET', P .. 'agent:' .. agent, 'name') or '',
    team = team, epoch = epoch, waited_ms = math.max(0, now - tonumber(arrived)), by = before,
  })
end

-- Put a chat at the head of its line; the epoch rises, so that whoever held it knows better.
local function give_back(chat, agent)
  local key = chat_key(chat)
  redis.call('SREM', P .. 'holds:' .. agent, chat)
  local steps, index, transfer, team = unpack(redis.call('HMGET', key, 'steps', 'step', 'transfer', 'team'))
  if not steps then return end
  local epoch = redis.call('HINCRBY', key, 'epoch', 1)
  redis.call('HSET', key, 'state', 'waiting', 'agent', '', 'assigned', 0, 'class', HEAD)
  redis.call('ZREM', P .. 'deadlines', 'transfer:' .. chat)
  if transfer ~= '' then
    team, steps = take_over_route(chat, steps, transfer)
    index = 0
  end
  enter(chat, steps, tonumber(index))
  publish({ type = 'given_back', chat = chat, agent = agent, team = team, epoch = epoch })
end

-- Forget a chat wherever it is; tells its state, team, agent and how long it was handled (ms).
local function forget(chat)
  local key = chat_key(chat)
  redis.call('ZREM', P .. 'leases', chat)
  local state, team, agent, assigned, line, offered =
    unpack(redis.call('HMGET', key, 'state', 'team', 'agent', 'assigned', 'line', 'offered'))
  if not state then return nil end
  if offered ~= '' then unring(chat, offered, 'withdrawn') end
  if line ~= '' then unplace(chat, line) end
  no_deadlines(chat)
  redis.call('DEL', key)
  local handled = 0
  if state == 'active' then
    redis.call('SREM', P .. 'holds:' .. agent, chat)
    freed(agent)
    moved[team] = true
    handled = now - tonumber(assigned)
    redis.call('LPUSH', P .. 'times:' .. team, handled)
    redis.call('LTRIM', P .. 'times:' .. team, 0, 49)
    redis.call('EXPIRE', P .. 'times:' .. team, 604800)
  end
  publish({ type = 'finished', chat = chat, team = team, agent = agent })
  return { state, team, agent, handled }
end
