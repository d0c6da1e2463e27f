package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoutingConfigTest {
    private static final GoalConfig GOAL = new GoalConfig("g", 100, List.of("a"));
    private static final PinConfig PIN = pin("g");

    @Test
    void aSingleUpstreamIsOneGoal() {
        RoutingConfig routing = RoutingConfig.single(upstream("a"));

        assertThat(routing)
                .isEqualTo(new RoutingConfig(
                        List.of(upstream("a")), List.of(new GoalConfig("default", 100, List.of("a"))), List.of()));
        assertThat(routing.upstream("a")).isEqualTo(upstream("a"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> routing.upstream("b"))
                .withMessage("there is no upstream b");
    }

    @Test
    void noNameLeadsNowhere() {
        refuse(List.of(upstream("b")), List.of(GOAL), List.of(), "goal g names the upstream a, which does not exist");
        refuse(
                List.of(upstream("a")),
                List.of(GOAL),
                List.of(pin("h")),
                "a pin names the goal h, which does not exist");
        refuse(List.of(upstream("a")), List.of(), List.of(), "there are upstreams and no goal");
    }

    @Test
    void noNameIsThereTwice() {
        refuse(List.of(upstream("a"), upstream("a")), List.of(GOAL), List.of(), "two of them are called upstream a");
        refuse(List.of(upstream("a")), List.of(GOAL, GOAL), List.of(), "two of them are called goal g");
    }

    @Test
    void eachListHasItsLimit() {
        List<UpstreamConfig> upstreams = IntStream.range(0, 65)
                .mapToObj(i -> upstream(i == 0 ? "a" : "u" + i))
                .toList();
        List<GoalConfig> goals = IntStream.range(0, 17)
                .mapToObj(i -> new GoalConfig(i == 0 ? "g" : "g" + i, 1, List.of("a")))
                .toList();
        List<PinConfig> pins = Collections.nCopies(257, PIN);

        assertThat(new RoutingConfig(upstreams.subList(0, 64), goals.subList(0, 16), pins.subList(0, 256)))
                .isNotNull();
        refuse(upstreams, List.of(GOAL), List.of(), "there are more than 64 upstreams");
        refuse(List.of(upstream("a")), goals, List.of(), "there are more than 16 goals");
        refuse(List.of(upstream("a")), List.of(GOAL), pins, "there are more than 256 pins");
    }

    @Test
    void aGoalHasOneToSixteenUpstreamsEachOnce() {
        List<String> names = IntStream.range(0, 17).mapToObj(i -> "u" + i).toList();

        assertThat(new GoalConfig("g", 1, names.subList(0, 16)).upstreams()).hasSize(16);
        assertThatIllegalArgumentException().isThrownBy(() -> new GoalConfig("g", 1, names));
        assertThatIllegalArgumentException().isThrownBy(() -> new GoalConfig("g", 1, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new GoalConfig("g", 1, List.of("a", "a")));
    }

    private static void refuse(
            List<UpstreamConfig> upstreams, List<GoalConfig> goals, List<PinConfig> pins, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoutingConfig(upstreams, goals, pins))
                .withMessage(message);
    }

    private static UpstreamConfig upstream(String name) {
        PoolConfig pool = new PoolConfig(new Sv2PoolAddress("pool.example.com", 3333, Optional.empty()), "farm");
        return new UpstreamConfig(name, pool, IdentityMode.GATEWAY, 0, false);
    }

    private static PinConfig pin(String goal) {
        return new PinConfig(goal, List.of(UserPattern.parse("*")), List.of(), List.of());
    }
}
