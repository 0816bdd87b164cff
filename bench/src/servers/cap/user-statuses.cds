// Defined in the service itself: nothing is projected, and no view lies between a request and the table.
// The key is CAP's own kind of generated key; a Timestamp is an Edm.DateTimeOffset kept to the millisecond.
service DeviceManagement {
  entity UserStatuses {
    key id                    : UUID;
        deviceConfigurationId : String(256) @mandatory;
        devicesCount          : Integer @mandatory;
        lastReportedDateTime  : Timestamp @mandatory;
        @mandatory @assert.range
        status                : String enum {
          unknown; notApplicable; compliant; remediated; nonCompliant; error; conflict; notAssigned;
        };
        userDisplayName       : String(1024);
        userPrincipalName     : String(1024);
  }
}
