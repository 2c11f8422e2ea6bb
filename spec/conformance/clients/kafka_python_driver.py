"""The program behind kafka-python.ts: one job, done with kafka-python."""

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from job import rounds, serve, stored

TIMEOUT_S = 30


def create_topic(bootstrap, topic, partitions):
    admin(bootstrap).create_topics({topic: {"num_partitions": partitions, "replication_factor": 1}})


def grow_topic(bootstrap, topic, partitions):
    admin(bootstrap).create_partitions({topic: partitions})


def delete_topic(bootstrap, topic):
    admin(bootstrap).delete_topics([topic])


def count_partitions(bootstrap, topic):
    client = admin(bootstrap)
    if topic not in client.list_topics():
        return 0
    return len(client.describe_topics([topic])[0]["partitions"])


def produce(bootstrap, load):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=None if load["codec"] == "none" else load["codec"],
        enable_idempotence=load["idempotent"],
        acks="all",
        linger_ms=20,
    )
    for records in rounds(load):
        sent = [
            producer.send(load["topic"], partition=partition, key=key, value=value, headers=headers)
            for partition, key, value, headers in records
        ]
        for future in sent:
            future.get(TIMEOUT_S)
    producer.close()


def read(bootstrap, slices):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    lists = []
    for wanted in slices:
        partition = TopicPartition(wanted["topic"], wanted["partition"])
        consumer.assign([partition])
        consumer.seek(partition, wanted["offset"])
        listed = []
        while len(listed) < wanted["count"]:
            polled = consumer.poll(TIMEOUT_S * 1000, max_records=wanted["count"] - len(listed))
            if not polled:
                break
            listed += [stored(r.offset, r.key, r.value, r.headers) for r in polled[partition]]
        lists.append(listed)
    consumer.close()
    return lists


def offsets(bootstrap, topic, partition, times):
    client = admin(bootstrap)
    at = TopicPartition(topic, partition)
    return [client.list_partition_offsets({at: time})[at].offset for time in times]


def admin(bootstrap):
    return KafkaAdminClient(bootstrap_servers=bootstrap)


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
