-- Let go of whoever is gone: agents past their grace give their chats back to the head of the line;
-- agents whose node died without a word start their grace; chats nobody vouches for are forgotten.
-- KEYS[1] prefix
-- ARGV: grace_ms
-- Returns the number of agents and chats let go.
local grace = tonumber(ARGV[1])
local let_go = 0
for _, agent in ipairs(redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', now + grace)) do
  local tabs = P .. 'tabs:' .. agent
  redis.call('ZREMRANGEBYSCORE', tabs, '-inf', now)
  if redis.call('ZCARD', tabs) == 0 then
    if redis.call('HGET', P .. 'agent:' .. agent, 'left') ~= '1' then
      know(agent, 'left', '1')
      publish({ type = 'agent_gone', agent = agent })
    end
    if tonumber(redis.call('ZSCORE', P .. 'due', agent)) <= now then
      let_go = let_go + 1
      redis.call('ZREM', P .. 'due', agent)
      for _, name in ipairs(teams_of(agent)) do redis.call('SREM', P .. 'team:' .. name, agent) end
      for _, chat in ipairs(redis.call('SMEMBERS', P .. 'holds:' .. agent)) do give_back(chat, agent) end
    end
  end
end
for _, chat in ipairs(redis.call('ZRANGEBYSCORE', P .. 'leases', '-inf', now)) do
  let_go = let_go + 1
  local was = forget(chat)
  if was then publish({ type = 'finished', chat = chat, team = was[2], agent = was[3] }) end
end
return let_go
