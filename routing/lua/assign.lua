-- Who takes which chat. Put before every script that changes something; `settle` ends it.
-- One call pairs at most PAIRS and lets at most DEADLINES pass, so that no call blocks Redis for long.
local PAIRS, DEADLINES = 100, 100

-- The chat whose turn it is in a line, of those that do not ring; the first `passed` have found nobody in this round.
local function look_at_head(line)
  line.chat, line.turn = unpack(redis.call('ZRANGEBYSCORE', P .. 'queue:' .. line.name, -HEAD * CLASS, '+inf',
    'WITHSCORES', 'LIMIT', line.passed, 1))
  line.turn = tonumber(line.turn)
end

-- The free agent whose turn it is in a line, for this chat: not the one who would hand it over, nor one who was just
-- asked. If there is none, also tells whether anybody is free for another chat.
local function find_agent(line, chat, holder, class)
  local passed = 0
  while true do
    local agent, turn = unpack(redis.call('ZRANGE', P .. 'seats:' .. line, passed, passed, 'WITHSCORES'))
    if not agent or tonumber(turn) >= FULL then return nil, passed > 0 end
    local asked = class == HEAD and tonumber(redis.call('HGET', chat_key(chat), 'asked:' .. agent) or nil)
    if agent ~= holder and not (asked and now - asked < ASK_AGAIN_MS) then return agent end
    passed = passed + 1
  end
end

local function ring(chat, agent, accept)
  local key = chat_key(chat)
  redis.call('HSET', key, 'offered', agent, 'offer_until', now + accept)
  redis.call('SADD', P .. 'rings:' .. agent, chat)
  seat(agent)
  deadline('ring', chat, now + accept)
  rank(chat)
  local holder, team, transfer = unpack(redis.call('HMGET', key, 'agent', 'team', 'transfer'))
  if transfer ~= '' then team = step_at(transfer, 0).team end
  publish({ type = 'rang', chat = chat, agent = agent, team = team, until_ms = now + accept, by = holder })
end

-- Pair those in these lines until one side runs out; among lines that share an agent the earliest turn goes first.
local function pair_round(names, made)
  local lines = {}
  for name in pairs(names) do
    local line = { name = name, passed = 0 }
    look_at_head(line)
    lines[#lines + 1] = line
  end
  while made < PAIRS do
    local first
    for _, line in ipairs(lines) do
      if line.chat and (not first or line.turn < first.turn) then first = line end
    end
    if not first then break end
    local chat = first.chat
    local holder, accept, class = unpack(redis.call('HMGET', chat_key(chat), 'agent', 'accept', 'class'))
    local agent, anybody = find_agent(first.name, chat, holder, tonumber(class))
    if agent then
      made = made + 1
      if tonumber(accept) > 0 then ring(chat, agent, tonumber(accept)) else hold_chat(chat, agent) end
      if next(touched) then -- who handed this chat over is free for those who were passed over
        for name in pairs(names) do touched[name] = true end
        break
      end
    else
      first.passed = first.passed + 1
    end
    if agent or anybody then look_at_head(first) else first.chat = nil end
  end
  return made
end

-- Pairing may set somebody free, who handed a chat over: then another round begins.
local function pair()
  local made = 0
  while next(touched) and made < PAIRS do
    local names = touched
    touched = {}
    made = pair_round(names, made)
  end
  return made
end

local function pass_deadlines()
  local passed = redis.call('ZRANGEBYSCORE', P .. 'deadlines', '-inf', now, 'LIMIT', 0, DEADLINES)
  for _, member in ipairs(passed) do
    local at = redis.call('ZSCORE', P .. 'deadlines', member)
    if at and tonumber(at) <= now then -- else one before it has settled this, or put it off
      redis.call('ZREM', P .. 'deadlines', member)
      local kind, chat = string.match(member, '^(%l+):(.*)$')
      if kind == 'fair' then
        age(chat)
      elseif kind == 'ring' then
        miss(chat)
      elseif kind == 'step' then
        advance(chat)
      elseif kind == 'transfer' then
        transfer_over(chat, 'not_taken')
      end
    end
  end
  return #passed
end

-- The end of every script that changes something. Tells how much has happened, and whether there is more to do.
-- While the nodes register again what they hold, nothing is decided.
local function settle()
  local passed, made = 0, 0
  if redis.call('EXISTS', P .. 'hold') == 0 then passed, made = pass_deadlines(), pair() end
  for line in pairs(moved) do publish({ type = 'queue_moved', line = line }) end
  return passed + made, passed == DEADLINES or made == PAIRS
end
