package sluice.proxy.api.netty;

import java.time.Duration;

/**
 * How long a connection of the API waits for its caller, and the caller for an answer.
 *
 * @param request for the first request's head, and for each body
 * @param idle for the next request
 * @param answer for a handler
 * @param write for the caller to read its answer
 * @param linger for the caller to notice that the rest of its request is not wanted
 */
record ApiDeadlines(Duration request, Duration idle, Duration answer, Duration write, Duration linger) {
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    static final Duration WRITE_TIMEOUT = Duration.ofSeconds(30);
    static final Duration LINGER_TIMEOUT = Duration.ofSeconds(1);

    static final ApiDeadlines DEFAULT =
            new ApiDeadlines(REQUEST_TIMEOUT, IDLE_TIMEOUT, ANSWER_TIMEOUT, WRITE_TIMEOUT, LINGER_TIMEOUT);
}
