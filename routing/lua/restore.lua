-- After Redis lost its memory a node registers an agent or a chat as it knew them; what another node registered with a
-- higher epoch stands. With hold_ms nothing is assigned for that long, so that all nodes are heard before anyone is
-- paired. A starting node calls it with neither, to be sure of a mark.
-- KEYS[1] prefix
-- ARGV[2…]: mark to set if there is none, hold_ms
--    or mark, hold_ms, 'agent', agent, status
--    or mark, hold_ms, 'chat', chat, team, state, agent, epoch, arrived (ms), lease_ms, agent_ms: how long the chat's
--       agent has to be heard of before they count as gone for good, priority, steps, step
-- Returns the mark in force.
redis.call('SET', P .. 'mark', ARGV[2], 'NX')
if tonumber(ARGV[3]) > 0 then redis.call('SET', P .. 'hold', '1', 'PX', ARGV[3]) end
if ARGV[4] == 'agent' then
  redis.call('HSETNX', P .. 'agent:' .. ARGV[5], 'status', ARGV[6])
elseif ARGV[4] == 'chat' then
  local chat, team, state, agent, epoch, arrived = ARGV[5], ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
  local priority, steps, step = ARGV[13], ARGV[14], tonumber(ARGV[15])
  local key = chat_key(chat)
  local known_epoch, known_line, known_agent, offered = unpack(redis.call('HMGET', key, 'epoch', 'line', 'agent', 'offered'))
  if not known_epoch or tonumber(known_epoch) < epoch then
    if known_epoch then
      if offered ~= '' then unring(chat, offered, 'withdrawn') end
      if known_line ~= '' then unplace(chat, known_line) end
      redis.call('SREM', P .. 'holds:' .. known_agent, chat)
      seat(known_agent)
      no_deadlines(chat)
    end
    redis.call('SET', P .. 'arrival', math.max(arrived, tonumber(redis.call('GET', P .. 'arrival') or 0)))
    redis.call('HSET', key, 'team', team, 'state', state, 'agent', agent, 'epoch', epoch, 'arrived', arrived,
      'assigned', state == 'active' and now or 0, 'class', 0, 'priority', priority, 'steps', steps, 'step', step,
      'line', '', 'accept', 0, 'offered', '', 'offer_until', 0, 'transfer', '', 'transfer_until', 0)
    if state == 'active' then
      redis.call('SADD', P .. 'holds:' .. agent, chat)
      seat(agent)
      redis.call('ZADD', P .. 'due', 'NX', now + tonumber(ARGV[12]), agent)
    else -- one that has changed hands waits because it was given back
      if epoch > 0 then redis.call('HSET', key, 'class', HEAD) end
      enter(chat, steps, step)
    end
  end
  redis.call('ZADD', P .. 'leases', now + tonumber(ARGV[11]), chat)
end
settle()
return redis.call('GET', P .. 'mark')
