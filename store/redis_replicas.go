package store

import "time"

// A replica that is connected is no proof that there will be one a moment later, and none
// connected is no proof that there is none: the primary may stand on the losing side of a
// network that broke, while the replica is promoted on the other. So the store remembers
// when a replica last confirmed anything, and messages wait for one for a day after that.

// replicaMemory is for how long a replica that is gone is still waited for. An
// installation that never had one waits for none; one that gave it up waits no longer
// than this.
const replicaMemory = 24 * time.Hour

// replicaSeen is how exact that memory is: luaReplicas writes down no oftener that one is
// there.
const replicaSeen = 5 * time.Second

// luaReplicas returns how many replicas are connected, and how many milliseconds ago one
// was that has confirmed anything on its connection, by this server's clock: 0 if there
// is one, -1 if there never was. A client that only reads the stream of replication, such
// as a copy by redis-cli --rdb, confirms nothing and is not remembered.
const luaReplicas = `
local function replicas(meta)
  local about = redis.call('INFO', 'replication')
  local n = tonumber(string.match(about, 'connected_slaves:(%d+)'))
  local t = redis.call('TIME')
  local now = t[1] * 1000 + math.floor(t[2] / 1000)
  local seen = tonumber(redis.call('HGET', meta, 'replica') or '0')
  if string.match(about, 'slave%d+:[^\r\n]*state=online,offset=[1-9]') then
    if seen < now - 5000 or seen > now then redis.call('HSET', meta, 'replica', string.format('%.0f', now)) end
    return {n, 0}
  end
  if seen == 0 then return {n, -1} end
  return {n, math.max(1, now - seen)}
end
`

// attendance is what luaReplicas says.
type attendance struct {
	connected int
	gone      time.Duration // since one confirmed; negative: there never was one
}

func attendanceOf(v []int64) attendance {
	return attendance{connected: int(v[0]), gone: time.Duration(v[1]) * time.Millisecond}
}

// missing reports whether there was a replica lately and now is none.
func (a attendance) missing() bool { return a.connected == 0 && a.gone > 0 && a.gone < replicaMemory }
