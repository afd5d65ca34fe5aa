package acct.host;

import acct.text.PrintableText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read or written, in words: Java's own messages are mostly the path. */
final class Reasons {
  private Reasons() {}

  static String of(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "it is not there";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return PrintableText.of(f.getReason());
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : PrintableText.of(e.getMessage());
  }
}
