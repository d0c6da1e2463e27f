package sluice.proxy.mining.extranonce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExtranonceIndexesTest {
    @Test
    void shardsNeverGiveTheSameIndexAndNobodyGetsZero() {
        Set<Integer> given = new HashSet<>();
        for (int shard = 0; shard < 3; shard++) {
            ExtranonceIndexes indexes = new ExtranonceIndexes(shard, 3, 0xffff_ffffL, 1_000);
            for (int i = 0; i < 1_000; i++) {
                assertThat(given.add(indexes.take().orElseThrow())).isTrue();
            }
        }
        assertThat(given).hasSize(3_000).doesNotContain(0);
    }

    @Test
    void endsAtTheHighestIndexAndAtTheLimit() {
        ExtranonceIndexes narrow = new ExtranonceIndexes(0, 1, 255, 1_000);
        for (int index = 1; index <= 255; index++) {
            assertThat(narrow.take()).hasValue(index);
        }
        assertThat(narrow.take()).isEmpty();
        ExtranonceIndexes few = new ExtranonceIndexes(0, 1, 0xffff_ffffL, 2);
        assertThat(few.take()).isPresent();
        assertThat(few.take()).isPresent();
        assertThat(few.take()).isEmpty();
    }

    @Test
    void aReleasedIndexComesBackOnlyAfterTwoTips() {
        ExtranonceIndexes indexes = new ExtranonceIndexes(0, 1, 1, 10);
        int index = indexes.take().orElseThrow();
        indexes.release(index);
        assertThat(indexes.take()).isEmpty();
        indexes.onTipChanged();
        assertThat(indexes.take()).isEmpty();
        indexes.onTipChanged();
        assertThat(indexes.take()).isEqualTo(OptionalInt.of(index));
        assertThat(indexes.inUse()).isEqualTo(1);
    }

    @Test
    void whoeverComesAndGoesForEverTakesNoIndexFromOthers() {
        ExtranonceIndexes indexes = new ExtranonceIndexes(0, 1, 0xffff_ffffL, 4);
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            int index = indexes.take().orElseThrow();
            assertThat(given.add(index)).as("an index that rests").isTrue();
            indexes.release(index);
        }
        assertThat(indexes.resting()).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            assertThat(given.add(indexes.take().orElseThrow())).isTrue();
        }
        assertThat(indexes.take()).isEmpty();
    }

    @Test
    void whereIndexesAreFewNoneIsLost() {
        ExtranonceIndexes indexes = new ExtranonceIndexes(0, 1, 3, 4);
        for (int round = 0; round < 10; round++) {
            for (int index = 1; index <= 3; index++) {
                assertThat(indexes.take()).hasValue(index);
            }
            assertThat(indexes.take()).isEmpty();
            for (int index = 1; index <= 3; index++) {
                indexes.release(index);
            }
            indexes.onTipChanged();
            indexes.onTipChanged();
        }
    }

    @Test
    void anIndexThatWentWithItsMinerIsOutOnTheLoopThatAdoptedItAndRestsThereAfterwards() {
        ExtranonceIndexes first = new ExtranonceIndexes(0, 2, 2, 10);
        ExtranonceIndexes second = new ExtranonceIndexes(1, 2, 0, 10);
        int index = first.take().orElseThrow();
        first.forgo(index);
        assertThat(first.inUse()).isZero();
        second.adopt(index);
        assertThat(second.inUse()).isEqualTo(1);
        second.release(index);
        first.onTipChanged();
        first.onTipChanged();
        assertThat(first.take()).as("it never was released here").isEmpty();
        assertThat(second.take()).as("it rests").isEmpty();
        second.onTipChanged();
        second.onTipChanged();
        assertThat(second.take()).hasValue(index);
    }

    @Test
    void everyByteOfTheWindowIsAccountedForInEveryShape() {
        for (ExtranonceShape shape : ExtranonceShape.values()) {
            assertThat(shape.padding(20).length() + shape.windowSize()).isEqualTo(20);
            assertThat(shape.indexBytes(0x01020304).length()).isEqualTo(shape.indexSize());
            if (!shape.isNarrow()) {
                assertThat(ExtranonceShape.forRollable(shape.rollableSize())).contains(shape);
            }
        }
        assertThat(ExtranonceShape.forRollable(0)).contains(ExtranonceShape.ROLL_4);
        assertThat(ExtranonceShape.forRollable(17)).isEmpty();
        assertThatThrownBy(() -> ExtranonceShape.ROLL_16.padding(19)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shapesCannotOverlapBecauseOneWordIsZeroInTheNarrowerAndNeverInTheWider() {
        int granted = 20;
        for (ExtranonceShape narrow : ExtranonceShape.values()) {
            for (ExtranonceShape wide : ExtranonceShape.values()) {
                if (narrow.compareTo(wide) < 0 && !wide.isNarrow()) {
                    int indexOfWide = granted - wide.windowSize();
                    assertThat(narrow.padding(granted).length()).isGreaterThanOrEqualTo(indexOfWide + wide.indexSize());
                }
            }
        }
    }
}
