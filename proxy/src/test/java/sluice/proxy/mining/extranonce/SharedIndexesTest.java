package sluice.proxy.mining.extranonce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedIndexesTest {
    @Test
    void givesEveryIndexOnceBeforeItGivesOneTwice() {
        SharedIndexes indexes = new SharedIndexes(0, ExtranonceShape.NARROW_4, 10_000);
        Map<Integer, Integer> holders = new HashMap<>();
        for (int i = 0; i < 3 * 255; i++) {
            holders.merge(indexes.take().orElseThrow(), 1, Integer::sum);
        }
        assertThat(holders).hasSize(255).doesNotContainKey(0);
        assertThat(holders.values()).containsOnly(3);
    }

    @Test
    void givesTheIndexNextThatFewestHave() {
        SharedIndexes indexes = new SharedIndexes(0, ExtranonceShape.NARROW_5, 10_000);
        for (int i = 0; i < 2 * 255; i++) {
            indexes.take();
        }
        indexes.release(77);
        assertThat(indexes.take()).hasValue(77);
        assertThat(indexes.inUse()).isEqualTo(2 * 255);
    }

    @Test
    void loopsBeginWithDifferentOnes() {
        assertThat(new SharedIndexes(0, ExtranonceShape.NARROW_4, 10).take())
                .isNotEqualTo(new SharedIndexes(127, ExtranonceShape.NARROW_4, 10).take());
    }

    @Test
    void endsAtItsLimitAndTakesNothingBackThatIsNotOut() {
        SharedIndexes indexes = new SharedIndexes(5, ExtranonceShape.NARROW_6, 2);
        int first = indexes.take().orElseThrow();
        indexes.take();
        assertThat(indexes.take()).isEmpty();
        indexes.release(first);
        assertThat(indexes.take()).isPresent();
        assertThatThrownBy(() -> indexes.release(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> indexes.release(60_000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isForNarrowShapesOnly() {
        assertThatThrownBy(() -> new SharedIndexes(0, ExtranonceShape.ROLL_4, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWindowBelowEightBytesMakesANarrowShapeThatFitsIt() {
        for (int window = ExtranonceShape.LEAST_WINDOW; window < ExtranonceShape.WIDE_WINDOW; window++) {
            ExtranonceShape shape = ExtranonceShape.forWindow(window);
            assertThat(shape.isNarrow()).isTrue();
            assertThat(shape.windowSize()).isLessThanOrEqualTo(window);
            assertThat(shape.fitsGrant(window)).isTrue();
        }
        assertThat(ExtranonceShape.forWindow(8)).isEqualTo(ExtranonceShape.ROLL_4);
        assertThat(ExtranonceShape.NARROW_4.highestIndex()).isEqualTo(255);
        assertThat(ExtranonceShape.NARROW_6.highestIndex()).isEqualTo(65_535);
        assertThatThrownBy(() -> ExtranonceShape.forWindow(3)).isInstanceOf(IllegalArgumentException.class);
    }
}
