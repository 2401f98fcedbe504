//! What nearly every session does: the handshake, and the events that it turns on.

use serde_json::{Map, Value};

use super::{Client, ClientError, Sent};
use crate::protocol::{
    ConfigurationDoneArguments, Event, InitializeRequestArguments, InitializeRequestArgumentsPathFormat,
    LaunchRequestArguments, OutputEventBodyCategory, StoppedEventBody,
};

/// The arguments of `initialize` that a full client sends: lines and columns from 1, types and paging of
/// variables, no terminals.
pub fn initialize_arguments(client: &str) -> InitializeRequestArguments {
    InitializeRequestArguments {
        client_id: Some(client.into()),
        client_name: None,
        adapter_id: "lasti".into(),
        locale: None,
        lines_start_at1: Some(true),
        columns_start_at1: Some(true),
        path_format: Some(InitializeRequestArgumentsPathFormat::Path),
        supports_variable_type: Some(true),
        supports_variable_paging: Some(true),
        supports_run_in_terminal_request: None,
        supports_memory_references: None,
        supports_progress_reporting: None,
        supports_invalidated_event: None,
        supports_memory_event: None,
        supports_args_can_be_interpreted_by_shell: None,
        supports_start_debugging_request: None,
        supports_ansi_styling: None,
    }
}

impl Client {
    /// Sends `launch` with a configuration. Its response comes after that to `configurationDone`.
    pub async fn launch(
        &mut self,
        configuration: Value,
    ) -> Result<Sent<LaunchRequestArguments>, ClientError> {
        let configuration = match configuration {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        self.send(LaunchRequestArguments(configuration)).await
    }

    /// Ends the configuration, and waits until the launch has its response.
    pub async fn configuration_done(
        &mut self,
        launch: Sent<LaunchRequestArguments>,
    ) -> Result<(), ClientError> {
        self.request(ConfigurationDoneArguments {}).await?;
        self.response(launch).await
    }

    /// Waits for the next stop.
    pub async fn stopped(&mut self) -> Result<StoppedEventBody, ClientError> {
        match self.event("stopped").await? {
            Event::Stopped(body) => Ok(body),
            other => Err(ClientError::Broken(format!("`{}` instead of `stopped`", other.name()))),
        }
    }

    /// Waits until the program has ended: its exit code, if there is one.
    pub async fn terminated(&mut self) -> Result<Option<i32>, ClientError> {
        self.event("terminated").await?;
        let at = self.events.iter().position(|event| matches!(event, Event::Exited(_)));
        match at.and_then(|at| self.events.remove(at)) {
            Some(Event::Exited(body)) => Ok(Some(body.exit_code)),
            _ => Ok(None),
        }
    }

    /// Takes all output events that came, whatever else is among them: their texts of that category, joined.
    pub async fn take_output(&mut self, category: &OutputEventBodyCategory) -> Result<String, ClientError> {
        match self.take_what_came().await {
            Ok(()) | Err(ClientError::Closed { .. }) => {}
            Err(error) => return Err(error),
        }
        let mut text = String::new();
        self.events.retain(|event| match event {
            Event::Output(body) if body.category.as_ref() == Some(category) => {
                text += &body.output;
                false
            }
            _ => true,
        });
        Ok(text)
    }
}
