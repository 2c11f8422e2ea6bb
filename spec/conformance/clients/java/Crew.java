import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The program behind Java's crews (member.ts): commands from stdin, events to stdout, one thread for each member.
 */
public final class Crew {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> ASSIGNORS = Map.of(
      "range", "org.apache.kafka.clients.consumer.RangeAssignor",
      "roundrobin", "org.apache.kafka.clients.consumer.RoundRobinAssignor",
      "sticky", "org.apache.kafka.clients.consumer.StickyAssignor",
      "cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");

  public static void main(String[] args) throws Exception {
    Map<String, Member> members = new HashMap<>();
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      JsonNode command = JSON.readTree(line);
      String name = command.get("member").asText();
      if (command.get("do").asText().equals("join")) {
        Member member = new Member(name, command);
        members.put(name, member);
        member.start();
      } else {
        members.get(name).inbox.add(command);
      }
    }
    JsonNode leave = JSON.createObjectNode().put("do", "leave");
    for (Member member : members.values()) member.inbox.add(leave);
    for (Member member : members.values()) member.join(10_000);
    System.exit(0);
  }

  private static final class Member extends Thread implements ConsumerRebalanceListener {
    private static final Duration A_MOMENT = Duration.ofMillis(50);
    private final String name;
    private final JsonNode join;
    private final ConcurrentLinkedQueue<JsonNode> inbox = new ConcurrentLinkedQueue<>();
    private KafkaConsumer<String, String> consumer;

    Member(String name, JsonNode join) {
      super(name);
      setDaemon(true);
      this.name = name;
      this.join = join;
    }

    @Override
    public void run() {
      try {
        tell("joining", Map.of());
        consumer = new KafkaConsumer<>(settings());
        List<String> topics = new ArrayList<>();
        for (JsonNode topic : join.get("topics")) topics.add(topic.asText());
        consumer.subscribe(topics, this);
        while (true) {
          read();
          JsonNode command = inbox.poll();
          if (command == null) continue;
          switch (command.get("do").asText()) {
            case "leave" -> {
              consumer.close();
              tell("left", Map.of());
              return;
            }
            case "commit" -> commit(command.get("offsets"));
            case "fetch" -> fetch(command.get("partitions"));
            default -> throw new IllegalArgumentException("no command is called " + command);
          }
        }
      } catch (Exception error) {
        error.printStackTrace();
        tell("error", Map.of("message", String.valueOf(error)));
      }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      tell("assigned", Map.of("partitions", named(partitions)));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      tell("revoked", Map.of("partitions", named(partitions)));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      tell("lost", Map.of("partitions", named(partitions)));
    }

    private Properties settings() {
      Properties settings = new Properties();
      settings.put("bootstrap.servers", join.get("bootstrap").asText());
      settings.put("group.id", join.get("group").asText());
      settings.put("key.deserializer", StringDeserializer.class.getName());
      settings.put("value.deserializer", StringDeserializer.class.getName());
      settings.put("auto.offset.reset", "earliest");
      settings.put("enable.auto.commit", "false");
      String assignor = join.get("assignor").asText();
      String instanceId = join.get("instanceId").asText();
      if (!instanceId.isEmpty()) settings.put("group.instance.id", instanceId);
      if (join.get("protocol").asText().equals("consumer")) {
        settings.put("group.protocol", "consumer");
        if (!assignor.isEmpty()) settings.put("group.remote.assignor", assignor);
      } else {
        if (!assignor.isEmpty()) settings.put("partition.assignment.strategy", ASSIGNORS.get(assignor));
        int sessionTimeoutMs = join.get("sessionTimeoutMs").asInt();
        int heartbeatIntervalMs = join.get("heartbeatIntervalMs").asInt();
        if (sessionTimeoutMs > 0) settings.put("session.timeout.ms", sessionTimeoutMs);
        if (heartbeatIntervalMs > 0) settings.put("heartbeat.interval.ms", heartbeatIntervalMs);
      }
      if (!join.get("plain").asBoolean()) {
        settings.put("fetch.max.wait.ms", 100);
        settings.put("reconnect.backoff.max.ms", 500);
      }
      return settings;
    }

    private void read() {
      List<List<Object>> records = new ArrayList<>();
      Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
      for (ConsumerRecord<String, String> record : poll()) {
        records.add(List.of(record.topic(), record.partition(), record.offset(), record.value()));
        TopicPartition at = new TopicPartition(record.topic(), record.partition());
        ends.put(at, new OffsetAndMetadata(record.offset() + 1));
      }
      if (records.isEmpty()) return;
      tell("records", Map.of("records", records));
      if (!join.get("commits").asBoolean()) return;
      try {
        consumer.commitSync(ends);
      } catch (RuntimeException error) {
        // a rebalance came between: somebody reads these records again
        tell("error", Map.of("message", "commit: " + error));
      }
    }

    private ConsumerRecords<String, String> poll() {
      try {
        return consumer.poll(A_MOMENT);
      } catch (UnknownMemberIdException error) {
        // it was expelled while it asked where to read on (KIP-848); with the next poll it joins again
        tell("error", Map.of("message", "poll: " + error));
        return ConsumerRecords.empty();
      }
    }

    private void commit(JsonNode offsets) {
      Map<TopicPartition, OffsetAndMetadata> placed = new HashMap<>();
      for (JsonNode at : offsets) {
        TopicPartition partition = new TopicPartition(at.get(0).asText(), at.get(1).asInt());
        placed.put(partition, new OffsetAndMetadata(at.get(2).asLong(), at.get(3).asText()));
      }
      consumer.commitSync(placed);
      tell("committed", Map.of());
    }

    private void fetch(JsonNode partitions) {
      Set<TopicPartition> asked = new HashSet<>();
      for (JsonNode at : partitions) asked.add(new TopicPartition(at.get(0).asText(), at.get(1).asInt()));
      List<List<Object>> found = new ArrayList<>();
      consumer.committed(asked).forEach((at, offset) -> {
        if (offset != null) found.add(List.of(at.topic(), at.partition(), offset.offset(), offset.metadata()));
      });
      tell("offsets", Map.of("offsets", found));
    }

    private void tell(String event, Map<String, Object> more) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("member", name);
      told.put("at", System.currentTimeMillis());
      told.put("event", event);
      told.putAll(more);
      try {
        String line = JSON.writeValueAsString(told);
        synchronized (JSON) {
          System.out.println(line);
        }
      } catch (IOException error) {
        throw new IllegalStateException(error);
      }
    }

    private static List<String> named(Collection<TopicPartition> partitions) {
      return partitions.stream().map(TopicPartition::toString).toList();
    }
  }
}
