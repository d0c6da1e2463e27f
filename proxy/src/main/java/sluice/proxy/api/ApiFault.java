package sluice.proxy.api;

/** A handler's way out with a problem. No bug: without a stack trace. */
public final class ApiFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ApiProblem problem;

    public ApiFault(ApiProblem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    public ApiProblem problem() {
        return problem;
    }
}
