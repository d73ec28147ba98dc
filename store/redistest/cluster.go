package redistest

import (
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Cluster is three primaries that share the slots in equal parts, and the replicas that
// were added.
type Cluster struct {
	Nodes []*Server

	args  []string
	buses []string // port of each node for the others
}

// Addrs returns the nodes' addresses.
func (c *Cluster) Addrs() []string {
	addrs := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		addrs[i] = n.Addr
	}
	return addrs
}

// StartCluster runs a cluster and waits until all nodes call it complete.
func StartCluster(tb TB, args ...string) *Cluster {
	tb.Helper()
	c := &Cluster{args: args}
	for range 3 {
		c.start(tb)
	}
	last := []int{-1, 5460, 10922, 16383}
	for i, n := range c.Nodes {
		n.mustCLI(tb, "CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(last[i]+1), fmt.Sprint(last[i+1]))
		n.mustCLI(tb, "CLUSTER", "SET-CONFIG-EPOCH", fmt.Sprint(i+1))
	}
	for i := range c.Nodes[1:] {
		c.meet(tb, i+1)
	}
	for _, n := range c.Nodes {
		c.wait(tb, n)
	}
	return c
}

// AddReplica adds a node that replicates of, and waits until it is in step.
func (c *Cluster) AddReplica(tb TB, of *Server) *Server {
	tb.Helper()
	n := c.start(tb)
	c.meet(tb, len(c.Nodes)-1)
	for _, n := range c.Nodes {
		c.wait(tb, n)
	}
	n.mustCLI(tb, "CLUSTER", "REPLICATE", of.mustCLI(tb, "CLUSTER", "MYID"))
	n.InStep(tb)
	return n
}

// Move hands a slot over from one node to the other, key by key, as an operator does while
// clients go on.
func (c *Cluster) Move(tb TB, slot string, from, to *Server) {
	tb.Helper()
	host, port, _ := strings.Cut(to.Addr, ":")
	target := to.mustCLI(tb, "CLUSTER", "MYID")
	to.mustCLI(tb, "CLUSTER", "SETSLOT", slot, "IMPORTING", from.mustCLI(tb, "CLUSTER", "MYID"))
	from.mustCLI(tb, "CLUSTER", "SETSLOT", slot, "MIGRATING", target)
	for {
		keys := strings.Fields(from.mustCLI(tb, "CLUSTER", "GETKEYSINSLOT", slot, "1"))
		if len(keys) == 0 {
			break
		}
		from.mustCLI(tb, "MIGRATE", host, port, keys[0], "0", "5000")
	}
	to.mustCLI(tb, "CLUSTER", "SETSLOT", slot, "NODE", target)
	from.mustCLI(tb, "CLUSTER", "SETSLOT", slot, "NODE", target)
}

func (c *Cluster) start(tb TB) *Server {
	tb.Helper()
	bus := freePort(tb) // the default, port + 10000, may not exist
	n := Start(tb, append([]string{"--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000"}, c.args...)...)
	c.Nodes, c.buses = append(c.Nodes, n), append(c.buses, bus)
	return n
}

func (c *Cluster) meet(tb TB, i int) {
	tb.Helper()
	host, port, _ := strings.Cut(c.Nodes[i].Addr, ":")
	c.Nodes[0].mustCLI(tb, "CLUSTER", "MEET", host, port, c.buses[i])
}

// wait returns when n knows all nodes and serves all slots.
func (c *Cluster) wait(tb TB, n *Server) {
	tb.Helper()
	info := ""
	for range 600 {
		info = n.mustCLI(tb, "CLUSTER", "INFO")
		if strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", len(c.Nodes))) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	tb.Fatalf("cluster did not form at %s:\n%s", n.Addr, info)
}

// CLI runs one command by redis-cli and returns its reply.
func (s *Server) CLI(args ...string) (string, error) {
	host, port, _ := strings.Cut(s.Addr, ":")
	out, err := exec.Command("redis-cli", append([]string{"-h", host, "-p", port}, args...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("redis-cli %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func (s *Server) mustCLI(tb TB, args ...string) string {
	tb.Helper()
	out, err := s.CLI(args...)
	if err == nil && strings.HasPrefix(out, "ERR") {
		err = fmt.Errorf("redis-cli %s: %s", strings.Join(args, " "), out)
	}
	if err != nil {
		tb.Fatalf("%v", err)
	}
	return out
}
