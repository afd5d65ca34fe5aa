package acct.text;

/** The line by which GitHub's workflows show a finding beside the line of a file. */
public final class GithubAnnotation {
  private GithubAnnotation() {}

  /**
   * The line, which is always one command.
   *
   * @param level {@code error}, {@code warning} or {@code notice}
   * @param line from 1; 0 when it is about the whole file
   */
  public static String of(
      String level, String file, int line, int column, String title, String message) {
    String place = "file=" + property(file);
    if (line > 0) {
      place += ",line=" + line + ",col=" + column;
    }
    return "::" + level + " " + place + ",title=" + property(title) + "::" + data(message);
  }

  private static String data(String text) {
    return PrintableText.of(text).replace("%", "%25");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
