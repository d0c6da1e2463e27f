package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;

class DescriptorTest {
    private static final String ADDRESS = "bcrt1quglzke56xtfxgarnrgtvptdqkw44fcvvy3kv8k";
    private static final String SCRIPT = "0014e23e2b669a32d26474731a16c0ada0b3ab54e18c";

    private static Bytes script(String text) {
        return Descriptor.parse(text, Network.REGTEST).script();
    }

    @Test
    void readsAddressesAndRawScripts() {
        assertThat(script("addr(" + ADDRESS + ")").hex()).isEqualTo(SCRIPT);
        assertThat(script(ADDRESS).hex()).isEqualTo(SCRIPT);
        assertThat(script(" raw(" + SCRIPT + ") ").hex()).isEqualTo(SCRIPT);
    }

    @Test
    void verifiesTheChecksumOfBip380() {
        assertThat(Descriptor.checksum("raw(deadbeef)")).isEqualTo("89f8spxm");
        assertThat(script("raw(deadbeef)#89f8spxm").hex()).isEqualTo("deadbeef");
        String addr = "addr(" + ADDRESS + ")";
        assertThat(script(addr + "#" + Descriptor.checksum(addr)).hex()).isEqualTo(SCRIPT);
    }

    @Test
    void refusesTheInvalidChecksumsOfBip380() {
        for (String text : new String[] {
            "raw(deadbeef)#",
            "raw(deadbeef)#89f8spxmx",
            "raw(deadbeef)#89f8spx",
            "raw(dedbeef)#89f8spxm",
            "raw(deadbeef)##9f8spxm"
        }) {
            assertThatThrownBy(() -> script(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> script("raw(deedbeef)#89f8spxm")).hasMessageContaining("the checksum would be #");
        assertThatThrownBy(() -> script("raw(Ü)#00000000")).hasMessageContaining("stands in no descriptor");
    }

    @Test
    void namesWhatItUnderstandsWhenAskedForMore() {
        assertThatThrownBy(() -> script("wpkh(xpub6CUGRUo)"))
                .hasMessageContaining("only addr(ADDRESS) and raw(HEX)")
                .hasMessageContaining("derive an address");
        assertThatThrownBy(() -> script("addr(" + ADDRESS)).hasMessageContaining("closing )");
        assertThatThrownBy(() -> script("addr(1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa)"))
                .hasMessageContaining("mainnet");
        assertThatThrownBy(() -> script("raw(abc)")).hasMessageContaining("hex");
        assertThatThrownBy(() -> script("raw()")).hasMessageContaining("not 0");
    }

    @Test
    void takesTheLongestSpendableScriptAndRefusesOneByteMore() {
        assertThat(script("raw(" + "51".repeat(Descriptor.MAX_SCRIPT_LENGTH) + ")")
                        .length())
                .isEqualTo(Descriptor.MAX_SCRIPT_LENGTH);
        assertThatThrownBy(() -> script("raw(" + "51".repeat(Descriptor.MAX_SCRIPT_LENGTH + 1) + ")"))
                .hasMessageContaining("not 10001");
    }
}
