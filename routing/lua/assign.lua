-- Who takes which chat. Put before every script that changes something; `settle` ends it.
-- One call pairs at most PAIRS and lets at most DEADLINES pass, so that no call blocks Redis for long.
local PAIRS, DEADLINES = 100, 100

-- An agent who could take a chat now, else nil. Read once a round; `load` and `last` are kept up to date while pairing.
local seen
local function free_agent(id)
  local agent = seen[id]
  if agent == nil then
    local capacity = available(id)
    agent = capacity and {
      id = id, capacity = capacity, load = load_of(id), last = tonumber(redis.call('HGET', P .. 'agent:' .. id, 'last') or 0),
    }
    seen[id] = agent
  end
  return agent and agent.load < agent.capacity and agent or nil
end

-- Least loaded relative to capacity, then longest without a new chat, then by id.
local function before(a, b)
  local x, y = a.load * b.capacity, b.load * a.capacity -- load/capacity compared without division
  if x ~= y then return x < y end
  if a.last ~= b.last then return a.last < b.last end
  return a.id < b.id
end

-- The best free agent of a line for this chat: not the one who would hand it over, nor one who was just asked.
local function best_agent(line, chat)
  local holder, accept, class = unpack(redis.call('HMGET', chat_key(chat), 'agent', 'accept', 'class'))
  accept, class = tonumber(accept), tonumber(class)
  local best
  for _, id in ipairs(line.agents) do
    local agent = free_agent(id)
    if agent and id ~= holder and (not best or before(agent, best)) then
      local asked = class == HEAD and tonumber(redis.call('HGET', chat_key(chat), 'asked:' .. id) or nil)
      if not asked or now - asked >= ASK_AGAIN_MS then best = agent end
    end
  end
  return best, accept > 0 and accept
end

local function anybody_free(line)
  for _, id in ipairs(line.agents) do
    if free_agent(id) then return true end
  end
  return false
end

-- A line as pairing sees it: its agents, and those who wait and do not ring yet, in their turn.
local function read_line(name)
  local line = { agents = redis.call('SMEMBERS', P .. 'team:' .. name), at = 1 }
  if not anybody_free(line) then return nil end
  line.waiting = redis.call('ZRANGEBYSCORE', P .. 'queue:' .. name, -HEAD * CLASS, '+inf', 'WITHSCORES', 'LIMIT', 0, PAIRS)
  return line
end

-- The first chat of a line for which somebody is free, with that agent; the line remembers how far it got.
local function next_pair(line)
  while line.at < #line.waiting and anybody_free(line) do
    local chat = line.waiting[line.at]
    local agent, accept = best_agent(line, chat)
    if agent then return { chat = chat, turn = tonumber(line.waiting[line.at + 1]), agent = agent, accept = accept, line = line } end
    line.at = line.at + 2
  end
end

local function ring(chat, agent, accept)
  local key = chat_key(chat)
  redis.call('HSET', key, 'offered', agent, 'offer_until', now + accept)
  redis.call('SADD', P .. 'rings:' .. agent, chat)
  deadline('ring', chat, now + accept)
  rank(chat)
  local holder, team, transfer = unpack(redis.call('HMGET', key, 'agent', 'team', 'transfer'))
  if transfer ~= '' then team = step_at(transfer, 0).team end
  publish({ type = 'rang', chat = chat, agent = agent, team = team, until_ms = now + accept, by = holder })
end

-- Pair those in these lines until one side runs out; among lines that share an agent the earliest turn goes first.
local function pair_round(names, made)
  local lines = {}
  seen = {}
  for name in pairs(names) do
    if redis.call('ZCARD', P .. 'queue:' .. name) > 0 then lines[#lines + 1] = read_line(name) end
  end
  while made < PAIRS do
    local first
    for _, line in ipairs(lines) do
      local found = next_pair(line)
      if found and (not first or found.turn < first.turn) then first = found end
    end
    if not first then break end
    made = made + 1
    local agent = first.agent
    if first.accept then
      ring(first.chat, agent.id, first.accept)
    else
      hold_chat(first.chat, agent.id)
      agent.last = now + handed_out / 1000
    end
    agent.load = agent.load + 1
    first.line.at = first.line.at + 2
    if next(touched) then -- who handed this chat over is free for those who were passed over
      for name in pairs(names) do touched[name] = true end
      break
    end
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
    if redis.call('ZREM', P .. 'deadlines', member) == 1 then -- else one before it has settled this
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
