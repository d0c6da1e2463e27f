package sluice.proxy.cli;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.proxy.api.ApiTokens;

/** Makes a token of the API: the caller keeps it, and the configuration holds its hash. */
@Command(
        name = "token",
        description = {
            "Makes a token with which a program may use the gateway's API.",
            "Give the token to the program: it is shown this once. The rest belongs in the gateway's configuration."
        })
final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "what the log of changes calls the caller")
    private String name;

    @Option(
            names = "--scope",
            defaultValue = "READ",
            paramLabel = "SCOPE",
            description = "${COMPLETION-CANDIDATES}: to look, to change where miners mine, to change the gateway;"
                    + " each includes those before it (default: ${DEFAULT-VALUE})")
    private ApiScope scope;

    @Override
    public Integer call() {
        byte[] random = new byte[ApiTokens.TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = ApiTokens.of(random);
        ApiTokenConfig table;
        try {
            table = new ApiTokenConfig(name, scope, ApiTokens.sha256(token));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "NAME " + e.getMessage());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("# token: " + token);
        out.println("[[api_token]]");
        out.println("name = \"" + table.name() + "\"");
        out.println("scopes = [\"" + table.scope().text() + "\"]");
        out.println("sha256 = \"" + table.sha256() + "\"");
        return ExitCode.OK;
    }
}
