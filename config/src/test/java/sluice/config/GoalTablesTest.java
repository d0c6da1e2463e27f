package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoalTablesTest {
    /** Ten lines. */
    private static final String MAIN_AND_BACKUP = upstream("main") + upstream("backup");

    @Test
    void goalsAreReadInTheirOrder() {
        RoutingConfig routing = load(MAIN_AND_BACKUP + """
                [[goal]]
                name = "b"
                weight = 70
                upstreams = ["main", "backup"]

                [[goal]]
                name = "a"
                upstreams = ["backup"]
                """).routing();

        assertThat(routing.goals())
                .containsExactly(
                        new GoalConfig("b", 70, List.of("main", "backup")),
                        new GoalConfig("a", 100, List.of("backup")));
    }

    @Test
    void withoutGoalsThereIsOneWithAllUpstreams() {
        assertThat(load(MAIN_AND_BACKUP).routing().goals())
                .containsExactly(new GoalConfig("default", 100, List.of("main", "backup")));
    }

    @Test
    void everyMistakeIsListedAtItsPlace() {
        assertThat(problems(MAIN_AND_BACKUP + """
                [[goal]]
                name = "a"
                weight = 0
                upstreams = ["mian",
                  "backup", "backup", "elsewhere", "no name"]

                [[goal]]
                name = "a"
                upstreams = "main"

                [[goal]]
                upstreams = []
                wieght = 5
                """))
                .containsExactly(
                        "f:13:1: goal.a.weight is 0, out of range; write a value from 1 to 1000000",
                        "f:14:14: goal.a.upstreams names the upstream \"mian\", which does not exist;"
                                + " did you mean main?",
                        "f:15:13: goal.a.upstreams names the upstream \"backup\" twice; keep it once",
                        "f:15:23: goal.a.upstreams names the upstream \"elsewhere\", which does not exist;"
                                + " known are main, backup",
                        "f:15:36: goal.a.upstreams names no [[upstream]]; known are main, backup",
                        "f:18:1: goal.a.name is the name of an earlier [[goal]]; give this one a name of its own",
                        "f:19:1: goal.a.upstreams is a text in quotes; write the names of upstreams, the best first,"
                                + " such as [\"main\", \"backup\"]",
                        "f:21:1: goal[3].name is missing; write name = \"...\", unique among all [[goal]]",
                        "f:22:1: goal[3].upstreams is empty; write the names of upstreams, the best first,"
                                + " such as [\"main\", \"backup\"]",
                        "f:23:1: goal[3].wieght is no key of Sluice; did you mean weight?");
    }

    @Test
    void aGoalNeedsUpstreams() {
        assertThat(onlyProblem(MAIN_AND_BACKUP + "[[goal]]\nname = \"a\"\n"))
                .startsWith("f:11:1: goal.a.upstreams is missing; write the names of upstreams");
        assertThat(onlyProblem(MAIN_AND_BACKUP + "[[goal]]\nname = \"a\"\nupstreams = [\"main\", 5]\n"))
                .startsWith("f:13:22: goal.a.upstreams has an entry that is a whole number; ");
    }

    @Test
    void anUpstreamWithAMistakeIsNoMistakeOfItsGoal() {
        assertThat(
                        onlyProblem(
                                "[[upstream]]\nname = \"a\"\nurl = \"nonsense\"\n[[goal]]\nname = \"g\"\nupstreams = [\"a\"]\n"))
                .startsWith("f:3:1: upstream.a.url has no scheme");
        assertThat(onlyProblem("[[upstream]]\nname = \"a b\"\nurl = \"stratum2+tcp://h/" + KEY
                        + "\"\n[[goal]]\nname = \"g\"\nupstreams = [\"a b\"]\n"))
                .startsWith("f:2:1: upstream[1].name has a character");
    }

    @Test
    void goalsBesideThePoolUrlAreToldToWriteAnUpstream() {
        String goal = "[[goal]]\nname = \"a\"\nupstreams = [\"main\"]\n";
        String problem = "goal.a.upstreams needs an [[upstream]], and there is none; write each pool as an [[upstream]]"
                + " with a name and a url; pool_url is for one pool without goals";

        assertThat(onlyProblem("[stratum_v2]\npool_url = \"stratum2+tcp://h/" + KEY + "\"\n" + goal))
                .isEqualTo("f:5:1: " + problem);
        assertThat(onlyProblem(goal)).isEqualTo("f:3:1: " + problem);
    }

    @Test
    void anUpstreamThatNoGoalNamesIsWarnedAbout() {
        assertThat(warnings(MAIN_AND_BACKUP + "[[goal]]\nname = \"a\"\nupstreams = [\"main\"]\n"))
                .containsExactly("f:7:1: upstream.backup.name is named by no goal, so nobody mines there;"
                        + " add it to the upstreams of a [[goal]], or remove it");
        assertThat(warnings(MAIN_AND_BACKUP)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"weight = 1 | weight = 0", "weight = 1000000 | weight = 1000001"})
    void eachLimitHoldsAtItsEdge(String allowed, String refused) {
        String goal = MAIN_AND_BACKUP + "[[goal]]\nname = \"a\"\nupstreams = [\"main\", \"backup\"]\n";

        assertThat(load(goal + allowed + "\n")).isNotNull();
        assertThat(onlyProblem(goal + refused + "\n")).startsWith("f:14:1: goal.a.weight is ");
    }

    @Test
    void aGoalHasAtMost16UpstreamsWrittenOrNot() {
        String most = upstreams(GoalConfig.MAX_UPSTREAMS);
        String names =
                IntStream.rangeClosed(1, 16).mapToObj(i -> "\"u" + i + "\"").collect(Collectors.joining(", "));
        String oneMore = most + upstream("u17");

        assertThat(load(most).routing().goals().getFirst().upstreams()).hasSize(16);
        assertThat(onlyProblem(oneMore))
                .isEqualTo("f:82:1: upstream.u17.name is one more than the 16 upstreams that a goal has;"
                        + " write each [[goal]] with the upstreams it uses");
        String goal = "[[goal]]\nname = \"a\"\nupstreams = [" + names;
        assertThat(load(oneMore + goal + "]\n").routing().goals().getFirst().upstreams())
                .hasSize(16);
        assertThat(onlyProblem(oneMore + goal + ", \"u17\"]\n"))
                .startsWith("f:88:")
                .endsWith(": goal.a.upstreams has 17 entries; write at most 16");
    }

    @Test
    void thereAreAtMost16Goals() {
        String most = upstream("main") + goals(RoutingConfig.MAX_GOALS);

        assertThat(load(most).routing().goals()).hasSize(16);
        assertThat(onlyProblem(most + "[[goal]]\n"))
                .isEqualTo("f:54:1: goal stands here for the 17th time; write at most 16");
    }

    private static String upstreams(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> upstream("u" + i)).collect(Collectors.joining());
    }

    private static String goals(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> "[[goal]]\nname = \"g" + i + "\"\nupstreams = [\"main\"]\n")
                .collect(Collectors.joining());
    }
}
