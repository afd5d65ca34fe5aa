package acct.host;

import acct.host.HostException.Kind;
import acct.text.PrintableText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read or written, in words: Java's own messages are mostly the path. */
public final class Reasons {
  private Reasons() {}

  public static String of(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "it is not there";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return PrintableText.of(f.getReason());
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : PrintableText.of(e.getMessage());
  }

  /**
   * The failure of what can't be done.
   *
   * @param what can't be done, without the reason
   */
  public static HostException failure(String what, IOException e) {
    Kind kind = e instanceof AccessDeniedException ? Kind.PERMISSION : Kind.FAILED;
    return new HostException(kind, what + ": " + of(e));
  }
}
