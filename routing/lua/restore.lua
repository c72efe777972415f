-- After Redis lost its memory a node registers an agent or a chat as it knew them; what another node
-- registered with a higher epoch stands. With hold_ms nothing is assigned for that long, so that all nodes
-- are heard before anyone is paired. A starting node calls it with neither, to be sure of a mark.
-- KEYS[1] prefix
-- ARGV: mark to set if there is none, hold_ms
--    or mark, hold_ms, 'agent', agent, status
--    or mark, hold_ms, 'chat', chat, team, state, agent, epoch, arrived (ms), lease_ms, agent_ms: how long the chat's
--       agent has to be heard of before they count as gone for good
-- Returns the mark in force.
redis.call('SET', P .. 'mark', ARGV[1], 'NX')
if tonumber(ARGV[2]) > 0 then redis.call('SET', P .. 'hold', '1', 'PX', ARGV[2]) end
if ARGV[3] == 'agent' then
  redis.call('HSETNX', P .. 'agent:' .. ARGV[4], 'status', ARGV[5])
elseif ARGV[3] == 'chat' then
  local chat, team, state, agent, epoch, arrived = ARGV[4], ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
  local key = P .. 'chat:' .. chat
  local known_epoch, known_team, known_agent = unpack(redis.call('HMGET', key, 'epoch', 'team', 'agent'))
  if not known_epoch or tonumber(known_epoch) < epoch then
    if known_epoch then
      redis.call('ZREM', P .. 'queue:' .. known_team, chat)
      redis.call('SREM', P .. 'holds:' .. known_agent, chat)
    end
    redis.call('HSET', key, 'team', team, 'state', state, 'agent', agent, 'epoch', epoch, 'arrived', arrived,
      'assigned', state == 'active' and now or 0)
    if state == 'active' then
      redis.call('SADD', P .. 'holds:' .. agent, chat)
      redis.call('ZADD', P .. 'due', 'NX', now + tonumber(ARGV[11]), agent)
    else -- one that has changed hands waits because it was given back
      redis.call('ZADD', P .. 'queue:' .. team, epoch > 0 and arrived - HEAD or arrived, chat)
    end
  end
  redis.call('ZADD', P .. 'leases', now + tonumber(ARGV[10]), chat)
  queue_changed(team)
end
return redis.call('GET', P .. 'mark')
