"""The program behind confluent-kafka's crews: members of groups, by confluent-kafka (librdkafka)."""

from confluent_kafka import Consumer, TopicPartition

from member import crew

TIMEOUT_S = 10


class Member:
    def __init__(self, join, tell):
        settings = {
            "bootstrap.servers": join["bootstrap"],
            "group.id": join["group"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
        if join["instanceId"]:
            settings["group.instance.id"] = join["instanceId"]
        if join["protocol"] == "consumer":
            settings["group.protocol"] = "consumer"
            if join["assignor"]:
                settings["group.remote.assignor"] = join["assignor"]
        else:
            if join["assignor"]:
                settings["partition.assignment.strategy"] = join["assignor"]
            if join["sessionTimeoutMs"]:
                settings["session.timeout.ms"] = join["sessionTimeoutMs"]
            if join["heartbeatIntervalMs"]:
                settings["heartbeat.interval.ms"] = join["heartbeatIntervalMs"]
        if not join["plain"]:
            settings["fetch.wait.max.ms"] = 100
            settings["reconnect.backoff.max.ms"] = 500
        self.consumer = Consumer(settings)
        self.tell = tell
        self.consumer.subscribe(
            list(join["topics"]),
            on_assign=lambda _, partitions: tell("assigned", partitions=named(partitions)),
            on_revoke=lambda _, partitions: tell("revoked", partitions=named(partitions)),
            on_lost=lambda _, partitions: tell("lost", partitions=named(partitions)),
        )

    def poll(self):
        records = []
        for message in self.consumer.consume(500, timeout=0.05):
            if message.error():
                self.tell("error", message=str(message.error()))
                continue
            records.append((message.topic(), message.partition(), message.offset(), message.value().decode()))
        return records

    def commit(self, offsets):
        placed = [TopicPartition(topic, partition, offset, metadata) for topic, partition, offset, metadata in offsets]
        for done in self.consumer.commit(offsets=placed, asynchronous=False):
            if done.error:
                raise RuntimeError(str(done.error))

    def fetch(self, partitions):
        asked = [TopicPartition(topic, partition) for topic, partition in partitions]
        found = self.consumer.committed(asked, timeout=TIMEOUT_S)
        return [(at.topic, at.partition, at.offset, at.metadata or "") for at in found if at.offset >= 0]

    def leave(self):
        self.consumer.close()


def named(partitions):
    return [f"{at.topic}-{at.partition}" for at in partitions]


crew(Member)
