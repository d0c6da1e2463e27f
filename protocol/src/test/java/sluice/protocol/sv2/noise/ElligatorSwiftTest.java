package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.protocol.sv2.noise.Vectors.csv;
import static sluice.protocol.sv2.noise.Vectors.hex;

import java.util.List;
import java.util.Map;
import org.bouncycastle.math.ec.ECFieldElement;
import org.junit.jupiter.api.Test;

class ElligatorSwiftTest {
    @Test
    void invertsEveryBranchOfEveryInverseVectorOfBip324() {
        List<Map<String, String>> rows = csv("bip_0324_xswiftec_inv_test_vectors.csv");
        assertThat(rows).hasSize(32).allSatisfy(row -> {
            ECFieldElement u = ElligatorSwift.fieldElement(hex(row.get("u")), 0);
            ECFieldElement x = ElligatorSwift.fieldElement(hex(row.get("x")), 0);
            for (int branch = 0; branch < 8; branch++) {
                ECFieldElement t = ElligatorSwift.inverse(x, u, branch);
                assertThat(t == null ? "" : hex(t.getEncoded()))
                        .as("case %d of u=%s", branch, row.get("u"))
                        .isEqualTo(row.get("case" + branch + "_t"));
            }
        });
    }

    @Test
    void liftsNoCoordinateThatIsOffTheCurveOrNotBelowThePrime() {
        assertThat(ElligatorSwift.liftX(hex("ff".repeat(32)))).isNull();
        assertThat(ElligatorSwift.liftX(hex("00".repeat(31) + "05"))).isNull();
        // p + 1: one is on the curve, its second representation is not a key.
        assertThat(ElligatorSwift.liftX(hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30")))
                .isNull();
        assertThat(ElligatorSwift.liftX(hex("00".repeat(31) + "01"))).isNotNull();
    }
}
