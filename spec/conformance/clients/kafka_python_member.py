"""The program behind kafka-python's crews: members of groups, by kafka-python."""

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from member import crew

ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "cooperative-sticky": CooperativeStickyAssignor,
}


class Member(ConsumerRebalanceListener):
    def __init__(self, join, tell):
        settings = {
            "bootstrap_servers": join["bootstrap"],
            "group_id": join["group"],
            "auto_offset_reset": "earliest",
            "enable_auto_commit": False,
        }
        if join["instanceId"]:
            settings["group_instance_id"] = join["instanceId"]
        if join["assignor"]:
            settings["partition_assignment_strategy"] = [ASSIGNORS[join["assignor"]]]
        if join["sessionTimeoutMs"]:
            settings["session_timeout_ms"] = join["sessionTimeoutMs"]
        if join["heartbeatIntervalMs"]:
            settings["heartbeat_interval_ms"] = join["heartbeatIntervalMs"]
        if not join["plain"]:
            settings["fetch_max_wait_ms"] = 100
            settings["reconnect_backoff_max_ms"] = 500
        self.tell = tell
        self.consumer = KafkaConsumer(**settings)
        self.consumer.subscribe(list(join["topics"]), listener=self)

    def on_partitions_assigned(self, assigned):
        self.tell("assigned", partitions=named(assigned))

    def on_partitions_revoked(self, revoked):
        self.tell("revoked", partitions=named(revoked))

    def on_partitions_lost(self, lost):
        self.tell("lost", partitions=named(lost))

    def poll(self):
        # A poll that ends in the midst of a rebalance may leave the member stuck for good (3.0.12), whatever the broker
        # does: so few polls end without records, and fewer still while it joins.
        polled = self.consumer.poll(500 if self.consumer.assignment() else 3000)
        return [(r.topic, r.partition, r.offset, r.value.decode()) for listed in polled.values() for r in listed]

    def commit(self, offsets):
        self.consumer.commit(
            {
                TopicPartition(topic, partition): OffsetAndMetadata(offset, metadata, -1)
                for topic, partition, offset, metadata in offsets
            }
        )

    def fetch(self, partitions):
        found = []
        for topic, partition in partitions:
            at = self.consumer.committed(TopicPartition(topic, partition), metadata=True)
            if at is not None and at.offset >= 0:
                found.append((topic, partition, at.offset, at.metadata))
        return found

    def leave(self):
        self.consumer.close()


def named(partitions):
    return [f"{at.topic}-{at.partition}" for at in partitions]


crew(Member)
