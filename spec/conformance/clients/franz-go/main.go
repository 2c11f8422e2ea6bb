// The program behind franz-go.ts: one JSON job (driver.ts) from stdin, done with franz-go, its answer to stdout. As
// `franz-go crew` it holds members of groups instead (crew.go).
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const deadline = 30 * time.Second

// A header is [name, bytes or null]; bytes are base64 in JSON, which is what encoding/json makes of []byte.
type header struct {
	name  string
	value []byte
}

type record struct {
	Key     []byte   `json:"key"`
	Value   []byte   `json:"value"`
	Headers []header `json:"headers"`
	Offset  int64    `json:"offset"`
}

type load struct {
	Topic      string       `json:"topic"`
	Codec      string       `json:"codec"`
	Idempotent bool         `json:"idempotent"`
	Rounds     [][][]record `json:"rounds"`
}

type slice struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	Count     int    `json:"count"`
}

type job struct {
	Bootstrap  string  `json:"bootstrap"`
	Op         string  `json:"op"`
	Topic      string  `json:"topic"`
	Partition  int32   `json:"partition"`
	Partitions int     `json:"partitions"`
	Times      []int64 `json:"times"`
	Load       load    `json:"load"`
	Slices     []slice `json:"slices"`
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "crew" {
		crew()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	var asked job
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	answer, err := asked.do(ctx)
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(answer))
}

func (j job) do(ctx context.Context) (any, error) {
	switch j.Op {
	case "produce":
		return nil, j.produce(ctx)
	case "read":
		return j.read(ctx)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(j.Bootstrap))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	switch j.Op {
	case "createTopic":
		_, err = admin.CreateTopic(ctx, int32(j.Partitions), 1, nil, j.Topic)
		return nil, err
	case "growTopic":
		grown, err := admin.UpdatePartitions(ctx, j.Partitions, j.Topic)
		if err == nil {
			err = grown.Error()
		}
		return nil, err
	case "deleteTopic":
		_, err = admin.DeleteTopic(ctx, j.Topic)
		return nil, err
	case "countPartitions":
		topics, err := admin.ListTopics(ctx)
		return len(topics[j.Topic].Partitions), err
	case "offsets":
		return j.offsets(ctx, admin)
	}
	return nil, fmt.Errorf("no job is called %q", j.Op)
}

func (j job) produce(ctx context.Context) error {
	codecs := map[string]kgo.CompressionCodec{
		"none":   kgo.NoCompression(),
		"gzip":   kgo.GzipCompression(),
		"snappy": kgo.SnappyCompression(),
		"lz4":    kgo.Lz4Compression(),
		"zstd":   kgo.ZstdCompression(),
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(j.Bootstrap),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(codecs[j.Load.Codec]),
		kgo.ProducerLinger(20 * time.Millisecond),
	}
	if !j.Load.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, partitions := range j.Load.Rounds {
		var records []*kgo.Record
		for partition, listed := range partitions {
			for _, r := range listed {
				records = append(records, r.produced(j.Load.Topic, int32(partition)))
			}
		}
		if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func (j job) read(ctx context.Context) ([][]record, error) {
	lists := make([][]record, len(j.Slices))
	for i, s := range j.Slices {
		at := map[int32]kgo.Offset{s.Partition: kgo.NewOffset().At(s.Offset)}
		client, err := kgo.NewClient(
			kgo.SeedBrokers(j.Bootstrap),
			kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{s.Topic: at}),
		)
		if err != nil {
			return nil, err
		}
		lists[i] = []record{}
		for len(lists[i]) < s.Count {
			fetches := client.PollRecords(ctx, s.Count-len(lists[i]))
			if err := fetches.Err(); err != nil {
				return nil, err
			}
			fetches.EachRecord(func(r *kgo.Record) { lists[i] = append(lists[i], stored(r)) })
		}
		client.Close()
	}
	return lists, nil
}

func (j job) offsets(ctx context.Context, admin *kadm.Client) ([]int64, error) {
	var found []int64
	for _, at := range j.Times {
		list := func() (kadm.ListedOffsets, error) { return admin.ListOffsetsAfterMilli(ctx, at, j.Topic) }
		switch at {
		case -1:
			list = func() (kadm.ListedOffsets, error) { return admin.ListEndOffsets(ctx, j.Topic) }
		case -2:
			list = func() (kadm.ListedOffsets, error) { return admin.ListStartOffsets(ctx, j.Topic) }
		}
		listed, err := list()
		if err == nil {
			err = listed.Error()
		}
		if err != nil {
			return nil, err
		}
		offset, _ := listed.Lookup(j.Topic, j.Partition)
		found = append(found, offset.Offset)
	}
	return found, nil
}

func (r record) produced(topic string, partition int32) *kgo.Record {
	headers := make([]kgo.RecordHeader, 0, len(r.Headers))
	for _, h := range r.Headers {
		headers = append(headers, kgo.RecordHeader{Key: h.name, Value: h.value})
	}
	return &kgo.Record{Topic: topic, Partition: partition, Key: r.Key, Value: r.Value, Headers: headers}
}

func stored(r *kgo.Record) record {
	headers := make([]header, 0, len(r.Headers))
	for _, h := range r.Headers {
		headers = append(headers, header{h.Key, h.Value})
	}
	return record{Key: r.Key, Value: r.Value, Headers: headers, Offset: r.Offset}
}

func (h header) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{h.name, h.value})
}

func (h *header) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&h.name, &h.value})
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
