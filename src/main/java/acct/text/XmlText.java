package acct.text;

/** Text of others inside an XML document. */
public final class XmlText {
  private XmlText() {}

  /** As content or inside an attribute's quotes; what XML can't have is written out. */
  public static String of(String text) {
    return PrintableText.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&apos;");
  }
}
