-- Chats whose node died without a word begin their grace; chats past their grace are to be ended.
-- KEYS[1] prefix
-- ARGV: grace_ms, most
-- Returns the chats to end.
local grace = tonumber(ARGV[1])
local over = {}
for _, chat in ipairs(redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', now, 'LIMIT', 0, ARGV[2])) do
  local key, tabs = P .. 'chat:' .. chat, P .. 'tabs:' .. chat
  if redis.call('EXISTS', key) == 0 then
    redis.call('ZREM', P .. 'due', chat)
    over[#over + 1] = chat
  elseif redis.call('HGET', key, 'left') then
    -- Looked at again in 5 s, should the node that ends it die on the way.
    redis.call('ZADD', P .. 'due', now + 5000, chat)
    over[#over + 1] = chat
  else
    redis.call('ZREMRANGEBYSCORE', tabs, '-inf', now)
    local last = redis.call('ZRANGE', tabs, -1, -1, 'WITHSCORES')
    if last[2] then
      redis.call('ZADD', P .. 'due', last[2], chat)
    else
      redis.call('HSET', key, 'left', now + grace)
      redis.call('ZADD', P .. 'due', now + grace, chat)
      tell('g', 'v', chat, 0, tostring(math.floor(now + grace)))
    end
  end
end
publish()
return over
