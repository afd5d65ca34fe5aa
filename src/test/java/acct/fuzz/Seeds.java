package acct.fuzz;

import acct.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What the fuzz tests begin with, and a cheap mutation for the run of every day. */
final class Seeds {
  /** Words that a random byte would seldom make. */
  private static final List<String> TOKENS =
      List.of(
          "${p}",
          "forEach: {v: [1]}",
          "{hosts: 10.0.0.0/30}",
          "not: {",
          "\"\"",
          "[]",
          "{}",
          "~",
          "18446744073709551616",
          "-1",
          "1e999999999",
          "0x",
          "::/0",
          "-m",
          "!",
          "-j",
          "--",
          "=",
          "\n",
          "\"",
          "\\",
          "[",
          "]",
          ":",
          "*",
          "#",
          "COMMIT",
          "\u00ff",
          "\u0000",
          ",",
          "/",
          "|");

  private Seeds() {}

  /** Every dump of the corpus. */
  static List<String> dumps() {
    return texts(Resources.CORPUS.resolve("dumps"), "v4|v6|nft|legacy");
  }

  /** Every policy that lies about. */
  static List<String> policies() {
    return Stream.concat(
            texts(Path.of("policies"), "yaml").stream(),
            texts(Resources.ROOT.resolve("golden"), "yaml").stream())
        .toList();
  }

  /** Rules as they were recorded. */
  static List<String> rules() {
    return Resources.records("canon.jsonl").stream()
        .map(record -> Resources.bytes(record.get("spec").asString()))
        .toList();
  }

  private static List<String> texts(Path folder, String endings) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(" + endings + ")"))
          .sorted()
          .map(Resources::bytes)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A seed, cut and sewn in a few places with bytes, tokens and pieces of other seeds. */
  static byte[] mutated(List<String> seeds, Random random) {
    StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
    int times = 1 + random.nextInt(6);
    for (int i = 0; i < times; i++) {
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(4) * random.nextInt(20));
      String other = seeds.get(random.nextInt(seeds.size()));
      int start = random.nextInt(other.length() + 1);
      String piece =
          switch (random.nextInt(4)) {
            case 0 -> String.valueOf((char) random.nextInt(256));
            case 1 -> other.substring(start, Math.min(other.length(), start + random.nextInt(60)));
            case 2 -> "";
            default -> TOKENS.get(random.nextInt(TOKENS.size()));
          };
      text.replace(from, to, piece);
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Tries every seed and so many mutations, always the same ones. */
  static void fuzz(List<String> seeds, int tries, Consumer<byte[]> check) {
    bytes(seeds).forEach(seed -> one(check, seed));
    for (int i = 0; i < tries; i++) {
      one(check, mutated(seeds, new Random(i)));
    }
  }

  static Stream<byte[]> bytes(List<String> seeds) {
    return seeds.stream().map(seed -> seed.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void one(Consumer<byte[]> check, byte[] data) {
    long begin = System.nanoTime();
    try {
      check.accept(data);
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      throw new AssertionError(new String(data, StandardCharsets.ISO_8859_1), e);
    }
    long took = (System.nanoTime() - begin) / 1_000_000;
    if (took > 20_000) {
      throw new AssertionError(took + " ms: " + new String(data, StandardCharsets.ISO_8859_1));
    }
  }
}
