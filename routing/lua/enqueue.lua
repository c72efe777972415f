-- A chat begins to wait. Sending it again changes nothing.
-- KEYS[1] prefix
-- ARGV[2…]: chat, steps (JSON), priority, lease_ms
-- Returns the state it is in now, 'waiting' or 'active'; or 'full' or 'closed': no step has a line to join.
local chat, steps, priority, lease = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local key = chat_key(chat)
local known = redis.call('HGET', key, 'state')
if known then return known end

local index, is_open = usable_step(steps, 0), true
if not index then
  local of_team, team_open = open_step(steps, 0, false)
  local of_person, person_open = open_step(steps, 0, true)
  index, is_open = of_team or of_person, team_open or person_open
end
if not index then return is_open and 'full' or 'closed' end

-- Arrivals of a desk are all different, and a later one is never before an earlier one.
local arrived = math.max(now, tonumber(redis.call('GET', P .. 'arrival') or 0) + 1 / 64)
redis.call('SET', P .. 'arrival', arrived)
redis.call('ZADD', P .. 'leases', now + lease, chat)
enter(chat, steps, index, 'state', 'waiting', 'agent', '', 'epoch', 0, 'arrived', arrived, 'assigned', 0, 'class', 0,
  'priority', priority, 'offered', '', 'offer_until', 0, 'transfer', '', 'transfer_until', 0)
settle()
return redis.call('HGET', key, 'state')
