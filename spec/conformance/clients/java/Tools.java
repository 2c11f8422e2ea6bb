import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

/**
 * Kafka's console tools, one call after the other in one JVM: a line of JSON in, `{"main": class, "args": [...]}`, a line
 * out, `{"code", "stdout", "stderr"}`. Their main methods are called as the shell scripts do; an exit ends only the call.
 */
public final class Tools {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] ignored) throws Exception {
    PrintStream answers = System.out;
    Exit.setExitProcedure((code, message) -> {
      throw new Exited(code);
    });
    Exit.setHaltProcedure((code, message) -> {
      throw new Exited(code);
    });
    BufferedReader calls = new BufferedReader(new InputStreamReader(System.in));
    for (String line = calls.readLine(); line != null; line = calls.readLine()) {
      JsonNode call = JSON.readTree(line);
      String[] args = JSON.treeToValue(call.get("args"), String[].class);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      System.setOut(new PrintStream(out, true));
      System.setErr(new PrintStream(err, true));
      int code = 0;
      try {
        Class.forName(call.get("main").asText()).getMethod("main", String[].class).invoke(null, (Object) args);
      } catch (InvocationTargetException error) {
        if (error.getCause() instanceof Exited exited) {
          code = exited.code;
        } else {
          error.getCause().printStackTrace();
          code = 1;
        }
      }
      answers.println(JSON.writeValueAsString(Map.of("code", code, "stdout", out.toString(), "stderr", err.toString())));
      answers.flush();
    }
  }

  /** Stands for the end of the process. */
  private static final class Exited extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int code;

    Exited(int code) {
      this.code = code;
    }
  }
}
