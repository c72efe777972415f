-- Put before every script of this folder. KEYS[1] is the desk's key prefix, "mayfly:{s:<desk>}:" (see routing/keys.py).
local P = KEYS[1]
local HEAD = 10000000000000 -- given-back chats sort before all arrivals, by arrival among themselves

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function publish(event)
  redis.call('PUBLISH', P .. 'feed', cjson.encode(event))
end

local function queue_changed(team)
  publish({ type = 'queue_moved', team = team })
end

-- Set fields of an agent; all that is known of them is kept 7 days after the last use.
local function know(agent, ...)
  redis.call('HSET', P .. 'agent:' .. agent, ...)
  redis.call('EXPIRE', P .. 'agent:' .. agent, 604800)
end

-- Put a chat at the head of its line; the epoch rises, so that whoever held it knows better.
local function give_back(chat, agent)
  local key = P .. 'chat:' .. chat
  local team, arrived = unpack(redis.call('HMGET', key, 'team', 'arrived'))
  redis.call('SREM', P .. 'holds:' .. agent, chat)
  if not team then return end
  local epoch = redis.call('HINCRBY', key, 'epoch', 1)
  redis.call('HSET', key, 'state', 'waiting', 'agent', '', 'assigned', '0')
  redis.call('ZADD', P .. 'queue:' .. team, tonumber(arrived) - HEAD, chat)
  publish({ type = 'given_back', chat = chat, agent = agent, team = team, epoch = epoch })
  queue_changed(team)
end

local function hold_chat(chat, agent)
  local key = P .. 'chat:' .. chat
  local team, arrived = unpack(redis.call('HMGET', key, 'team', 'arrived'))
  local epoch = redis.call('HINCRBY', key, 'epoch', 1)
  redis.call('HSET', key, 'state', 'active', 'agent', agent, 'assigned', now)
  redis.call('ZREM', P .. 'queue:' .. team, chat)
  redis.call('SADD', P .. 'holds:' .. agent, chat)
  redis.call('HSET', P .. 'agent:' .. agent, 'last', now)
  publish({
    type = 'paired', chat = chat, agent = agent, name = redis.call('HGET', P .. 'agent:' .. agent, 'name'),
    team = team, epoch = epoch, waited_ms = now - tonumber(arrived),
  })
  queue_changed(team)
  return epoch
end

-- Forget a chat wherever it is; tells its state, team, agent and how long it was handled (ms).
local function forget(chat)
  local key = P .. 'chat:' .. chat
  local state, team, agent, assigned = unpack(redis.call('HMGET', key, 'state', 'team', 'agent', 'assigned'))
  redis.call('ZREM', P .. 'leases', chat)
  if not state then return nil end
  redis.call('DEL', key)
  redis.call('ZREM', P .. 'queue:' .. team, chat)
  local handled = 0
  if state == 'active' then
    redis.call('SREM', P .. 'holds:' .. agent, chat)
    handled = now - tonumber(assigned)
    redis.call('LPUSH', P .. 'times:' .. team, handled)
    redis.call('LTRIM', P .. 'times:' .. team, 0, 49)
    redis.call('EXPIRE', P .. 'times:' .. team, 604800)
  end
  queue_changed(team)
  return { state, team, agent, handled }
end

local function teams_of(agent)
  local names = {}
  for name in string.gmatch(redis.call('HGET', P .. 'agent:' .. agent, 'teams') or '', '[^,]+') do
    names[#names + 1] = name
  end
  return names
end
