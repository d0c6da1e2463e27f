package sluice.upstream.declaration;

import java.util.ArrayList;
import java.util.List;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.template.TemplateCommand;

/** The actions that come of one input, in order. Confined to its {@link CustomJobs}. */
final class CustomJobsOutbox {
    private List<CustomJobsAction> actions = new ArrayList<>();

    void add(CustomJobsAction action) {
        actions.add(action);
    }

    void report(UpstreamEvent event) {
        actions.add(new CustomJobsAction.Report(event));
    }

    void toPool(UpstreamCommand command) {
        actions.add(new CustomJobsAction.ToPool(command));
    }

    void toDeclarator(DeclaratorCommand command) {
        actions.add(new CustomJobsAction.ToDeclarator(command));
    }

    void toTemplates(TemplateCommand command) {
        actions.add(new CustomJobsAction.ToTemplates(command));
    }

    /** What has come together; the next starts empty. */
    List<CustomJobsAction> take() {
        List<CustomJobsAction> taken = actions;
        actions = new ArrayList<>();
        return taken;
    }
}
