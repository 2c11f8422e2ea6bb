"""The program behind confluent-kafka.ts: one job, done with confluent-kafka (librdkafka).

Its consumer must name a group, but with assign() it never joins it.
"""

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic, OffsetSpec

from job import rounds, serve, stored

TIMEOUT_S = 30


def create_topic(bootstrap, topic, partitions):
    client = admin(bootstrap)
    done(client.create_topics([NewTopic(topic, partitions, 1)]))


def grow_topic(bootstrap, topic, partitions):
    client = admin(bootstrap)
    done(client.create_partitions([NewPartitions(topic, partitions)]))


def delete_topic(bootstrap, topic):
    client = admin(bootstrap)
    done(client.delete_topics([topic]))


def count_partitions(bootstrap, topic):
    topics = admin(bootstrap).list_topics(timeout=TIMEOUT_S).topics
    return len(topics[topic].partitions) if topic in topics else 0


def produce(bootstrap, load):
    refused = []
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "compression.type": load["codec"],
            "enable.idempotence": load["idempotent"],
            "acks": "all",
            "linger.ms": 20,
            "on_delivery": lambda error, _: error and refused.append(error),
        }
    )
    for records in rounds(load):
        for partition, key, value, headers in records:
            producer.produce(load["topic"], partition=partition, key=key, value=value, headers=headers)
        unsent = producer.flush(TIMEOUT_S)
        if refused or unsent:
            raise SystemExit(f"{unsent} records unsent, refused: {refused}")


def read(bootstrap, slices):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "never-joined", "enable.auto.commit": False})
    lists = []
    for wanted in slices:
        consumer.assign([TopicPartition(wanted["topic"], wanted["partition"], wanted["offset"])])
        messages = consumer.consume(wanted["count"], timeout=TIMEOUT_S)
        for message in messages:
            if message.error():
                raise SystemExit(f"{message.error()}")
        lists.append([stored(m.offset(), m.key(), m.value(), m.headers()) for m in messages])
    consumer.close()
    return lists


def offsets(bootstrap, topic, partition, times):
    client = admin(bootstrap)
    named = {-1: OffsetSpec.latest(), -2: OffsetSpec.earliest()}
    found = []
    for time in times:
        spec = named.get(time) or OffsetSpec.for_timestamp(time)
        (future,) = client.list_offsets({TopicPartition(topic, partition): spec}).values()
        found.append(future.result(TIMEOUT_S).offset)
    return found


def admin(bootstrap):
    """An admin client; whoever lets go of it before its futures are done ends them."""
    return AdminClient({"bootstrap.servers": bootstrap})


def done(futures):
    for future in futures.values():
        future.result(TIMEOUT_S)


serve(
    {
        "createTopic": create_topic,
        "growTopic": grow_topic,
        "deleteTopic": delete_topic,
        "countPartitions": count_partitions,
        "produce": produce,
        "read": read,
        "offsets": offsets,
    }
)
