-- Let go of whoever is gone: agents past their grace give their chats back to the head of the line; agents whose node
-- died without a word start their grace; chats nobody vouches for are forgotten. Then let deadlines pass, and pair.
-- KEYS[1] prefix
-- ARGV[2]: grace_ms
-- Returns {how much has happened, 1 if there is more to do else 0}.
local grace = tonumber(ARGV[2])
local let_go = 0
for _, agent in ipairs(redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', now + grace)) do
  local tabs = P .. 'tabs:' .. agent
  redis.call('ZREMRANGEBYSCORE', tabs, '-inf', now)
  if redis.call('ZCARD', tabs) == 0 then
    if redis.call('HGET', P .. 'agent:' .. agent, 'left') ~= '1' then has_left(agent) end
    if tonumber(redis.call('ZSCORE', P .. 'due', agent)) <= now then
      let_go = let_go + 1
      redis.call('ZREM', P .. 'due', agent)
      for _, chat in ipairs(redis.call('SMEMBERS', P .. 'holds:' .. agent)) do give_back(chat, agent) end
    end
  end
end
for _, chat in ipairs(redis.call('ZRANGEBYSCORE', P .. 'leases', '-inf', now)) do
  let_go = let_go + 1
  forget(chat)
end
for _, line in ipairs(redis.call('SMEMBERS', P .. 'lines')) do
  if redis.call('ZCARD', P .. 'queue:' .. line) > 0 then touched[line] = true else redis.call('SREM', P .. 'lines', line) end
end
local happened, more = settle()
return { let_go + happened, more and 1 or 0 }
