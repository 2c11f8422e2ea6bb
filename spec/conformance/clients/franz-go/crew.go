package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The crew language of member.ts: commands from stdin, events to stdout, one goroutine for each member.

type command struct {
	Do                  string   `json:"do"`
	Member              string   `json:"member"`
	Bootstrap           string   `json:"bootstrap"`
	Group               string   `json:"group"`
	Topics              []string `json:"topics"`
	Protocol            string   `json:"protocol"`
	Assignor            string   `json:"assignor"`
	InstanceID          string   `json:"instanceId"`
	SessionTimeoutMs    int      `json:"sessionTimeoutMs"`
	HeartbeatIntervalMs int      `json:"heartbeatIntervalMs"`
	Commits             bool     `json:"commits"`
	Plain               bool     `json:"plain"`
	Offsets             []tuple  `json:"offsets"`
	Partitions          []tuple  `json:"partitions"`
}

// A tuple is [topic, partition, offset, text], or its first two.
type tuple []any

func (t tuple) topic() string    { return t[0].(string) }
func (t tuple) partition() int32 { return int32(t[1].(float64)) }

type member struct {
	name   string
	join   command
	client *kgo.Client
	inbox  chan command
	over   chan struct{}
}

var output sync.Mutex

func crew() {
	members := map[string]*member{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c command
		must(json.Unmarshal(lines.Bytes(), &c))
		if c.Do == "join" {
			m := &member{name: c.Member, join: c, inbox: make(chan command, 16), over: make(chan struct{})}
			members[c.Member] = m
			go m.live()
		} else {
			members[c.Member].inbox <- c
		}
	}
	for _, m := range members {
		m.inbox <- command{Do: "leave"}
	}
	for _, m := range members {
		select {
		case <-m.over:
		case <-time.After(10 * time.Second):
		}
	}
}

func (m *member) live() {
	defer close(m.over)
	m.tell("joining", nil)
	client, err := kgo.NewClient(m.options()...)
	if err != nil {
		m.fail(err)
		return
	}
	m.client = client
	for {
		m.read()
		select {
		case c := <-m.inbox:
			if c.Do == "leave" {
				m.client.Close()
				m.tell("left", nil)
				return
			}
			m.obey(c)
		default:
		}
	}
}

func (m *member) options() []kgo.Opt {
	options := []kgo.Opt{
		kgo.SeedBrokers(m.join.Bootstrap),
		kgo.ConsumerGroup(m.join.Group),
		kgo.ConsumeTopics(m.join.Topics...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.OnPartitionsAssigned(m.change("assigned")),
		kgo.OnPartitionsRevoked(m.change("revoked")),
		kgo.OnPartitionsLost(m.change("lost")),
	}
	if m.join.InstanceID != "" {
		options = append(options, kgo.InstanceID(m.join.InstanceID))
	}
	if m.join.Protocol == "consumer" {
		options = append(options, kgo.ServerSideBalancer())
	}
	balancers := map[string]kgo.GroupBalancer{
		"range":              kgo.RangeBalancer(),
		"roundrobin":         kgo.RoundRobinBalancer(),
		"sticky":             kgo.StickyBalancer(),
		"cooperative-sticky": kgo.CooperativeStickyBalancer(),
		"uniform":            kgo.StickyBalancer(),
	}
	if balancer, ok := balancers[m.join.Assignor]; ok {
		options = append(options, kgo.Balancers(balancer))
	}
	if m.join.SessionTimeoutMs > 0 {
		options = append(options, kgo.SessionTimeout(time.Duration(m.join.SessionTimeoutMs)*time.Millisecond))
	}
	if m.join.HeartbeatIntervalMs > 0 {
		options = append(options, kgo.HeartbeatInterval(time.Duration(m.join.HeartbeatIntervalMs)*time.Millisecond))
	}
	if !m.join.Plain {
		options = append(options, kgo.FetchMaxWait(100*time.Millisecond))
	}
	return options
}

func (m *member) change(event string) func(context.Context, *kgo.Client, map[string][]int32) {
	return func(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
		partitions := []string{}
		for topic, list := range topics {
			for _, partition := range list {
				partitions = append(partitions, fmt.Sprintf("%s-%d", topic, partition))
			}
		}
		m.tell(event, map[string]any{"partitions": partitions})
	}
}

func (m *member) read() {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	fetches := m.client.PollFetches(ctx)
	records := [][]any{}
	fetches.EachRecord(func(r *kgo.Record) {
		records = append(records, []any{r.Topic, r.Partition, r.Offset, string(r.Value)})
	})
	if len(records) == 0 {
		return
	}
	m.tell("records", map[string]any{"records": records})
	if !m.join.Commits {
		return
	}
	ctx, cancel = context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := m.client.CommitRecords(ctx, fetches.Records()...); err != nil {
		// a rebalance came between: somebody reads these records again
		m.fail(fmt.Errorf("commit: %w", err))
	}
}

func (m *member) obey(c command) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	switch c.Do {
	case "commit":
		if err := m.commit(ctx, c.Offsets); err != nil {
			m.fail(err)
			return
		}
		m.tell("committed", nil)
	case "fetch":
		found, err := kadm.NewClient(m.client).FetchOffsets(ctx, m.join.Group)
		if err != nil {
			m.fail(err)
			return
		}
		offsets := [][]any{}
		for _, t := range c.Partitions {
			if at, ok := found.Lookup(t.topic(), t.partition()); ok && at.At >= 0 {
				offsets = append(offsets, []any{at.Topic, at.Partition, at.At, at.Metadata})
			}
		}
		m.tell("offsets", map[string]any{"offsets": offsets})
	}
}

func (m *member) commit(ctx context.Context, offsets []tuple) error {
	placed := map[string]map[int32]kgo.EpochOffset{}
	texts := map[string]map[int32]string{}
	for _, t := range offsets {
		topic, partition := t.topic(), t.partition()
		if placed[topic] == nil {
			placed[topic], texts[topic] = map[int32]kgo.EpochOffset{}, map[int32]string{}
		}
		placed[topic][partition] = kgo.EpochOffset{Epoch: -1, Offset: int64(t[2].(float64))}
		texts[topic][partition] = t[3].(string)
	}
	ctx = kgo.PreCommitFnContext(ctx, func(request *kmsg.OffsetCommitRequest) error {
		for _, topic := range request.Topics {
			for i := range topic.Partitions {
				text := texts[topic.Topic][topic.Partitions[i].Partition]
				topic.Partitions[i].Metadata = &text
			}
		}
		return nil
	})
	var refused error
	m.client.CommitOffsetsSync(ctx, placed, func(
		_ *kgo.Client, _ *kmsg.OffsetCommitRequest, answer *kmsg.OffsetCommitResponse, err error,
	) {
		refused = err
		if answer == nil {
			return
		}
		for _, topic := range answer.Topics {
			for _, partition := range topic.Partitions {
				if refused == nil {
					refused = kerr.ErrorForCode(partition.ErrorCode)
				}
			}
		}
	})
	return refused
}

func (m *member) fail(err error) {
	m.tell("error", map[string]any{"message": err.Error()})
}

func (m *member) tell(event string, more map[string]any) {
	told := map[string]any{"member": m.name, "at": time.Now().UnixMilli(), "event": event}
	for name, value := range more {
		told[name] = value
	}
	line, err := json.Marshal(told)
	must(err)
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(line))
}
