package io.penstock.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A case as it stands in a directory, see {@link CaseDecoder}.
 *
 * @param id its id
 * @param key what it was started with, if with a key
 * @param workflow name of its workflow
 * @param workflowVersion version of that
 * @param net the net it runs: the workflow itself, or one of its sub-workflows or repeated blocks
 * @param status where it stands
 * @param changes how often it was written
 * @param started when it was started
 * @param ended when it ended, if it has
 * @param deadline by when it has to end, if it has a deadline
 * @param parent the case that it lies in, if in one
 * @param instance its number among the instances of a step, from 0, if it is one of those
 * @param failure why a task failed last, if one did
 * @param workItems its open work items
 * @param variables those that have a value, in the order in which they were declared
 */
public record StoredCase(
    long id,
    Optional<String> key,
    String workflow,
    int workflowVersion,
    String net,
    CaseStatus status,
    long changes,
    Instant started,
    Optional<Instant> ended,
    Optional<Instant> deadline,
    OptionalLong parent,
    OptionalInt instance,
    Optional<String> failure,
    List<StoredWorkItem> workItems,
    Map<String, Object> variables) {}
