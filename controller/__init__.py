"""The operator: watches DagAudit resources and keeps their CronJobs."""
