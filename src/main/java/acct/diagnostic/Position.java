package acct.diagnostic;

/**
 * A place in a file that somebody wrote.
 *
 * @param file as the user named it
 * @param line from 1; 0 when it is about the whole file
 * @param column from 1, in characters; 0 when it is about the whole line
 */
public record Position(String file, int line, int column) implements Comparable<Position> {
  /** About the whole file. */
  public static Position file(String file) {
    return new Position(file, 0, 0);
  }

  @Override
  public int compareTo(Position other) {
    int byFile = file.compareTo(other.file);
    if (byFile != 0) {
      return byFile;
    }
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }

  @Override
  public String toString() {
    if (line == 0) {
      return file;
    }
    return column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
  }
}
