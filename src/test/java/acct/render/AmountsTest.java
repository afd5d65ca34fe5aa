package acct.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as people read them. What iptables prints was read off iptables -L itself. */
class AmountsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B, 0 B, 0 B, 0",
    "999, 999 B, 999 B, 999 B, 999",
    "1000, 1.0 kB, 1.0 kB, 1000 B, 1000",
    "99999, 100 kB, 100 kB, 97.7 KiB, 99999",
    "100000, 100 kB, 100 kB, 97.7 KiB, 100K",
    "999949, 1.0 MB, 1.0 MB, 977 KiB, 1000K",
    "9999499, 10 MB, 10.0 MB, 9.5 MiB, 9999K",
    "12345678, 12 MB, 12.3 MB, 11.8 MiB, 12M",
    "9999500000, 10 GB, 10.0 GB, 9.3 GiB, 10G",
    "18446744073709551616, 18 EB, 18.4 EB, 16.0 EiB, 18446744T",
  })
  void bytesAreScaled(String bytes, String plan, String si, String iec, String iptables) {
    BigInteger number = new BigInteger(bytes);
    assertEquals(plan, Amounts.bytes(number));
    assertEquals(si, Amounts.si(number));
    assertEquals(iec, Amounts.iec(number));
    assertEquals(iptables, Amounts.asIptables(number));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"0;0", "999;999", "1000;1,000", "-1000;-1,000", "-100;-100", "1234567;1,234,567"})
  void packetsHaveCommas(String pair) {
    String[] parts = pair.split(";");
    assertEquals(parts[1], Amounts.packets(new BigInteger(parts[0])));
  }
}
