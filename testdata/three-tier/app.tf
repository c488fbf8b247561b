# The application tier: the order service on Fargate, and the receipts worker.

resource "aws_security_group" "app" {
  name   = "${local.name}-app"
  vpc_id = module.network.vpc_id

  ingress {
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8080
    security_groups = [aws_security_group.alb.id]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_ecs_cluster" "main" {
  name = local.name
}

resource "aws_cloudwatch_log_group" "orders" {
  name              = "/ecs/${local.name}"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "orders" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.orders.arn

  container_definitions = jsonencode([{
    name         = "orders"
    image        = var.image
    portMappings = [{ containerPort = 8080 }]
    environment = [
      { name = "DATABASE_HOST", value = aws_db_instance.orders.address },
      { name = "RECEIPTS_QUEUE_URL", value = aws_sqs_queue.receipts.url },
    ]
    secrets = [
      { name = "DATABASE_PASSWORD", valueFrom = aws_secretsmanager_secret.database.arn },
    ]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.orders.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "orders"
      }
    }
  }])
}

resource "aws_ecs_service" "orders" {
  name            = "orders"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.orders.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = module.network.private_subnet_ids
    security_groups = [aws_security_group.app.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "orders"
    container_port   = 8080
  }
}

resource "aws_sqs_queue" "receipts" {
  name                    = "${local.name}-receipts"
  sqs_managed_sse_enabled = true
}

resource "aws_lambda_function" "receipts" {
  function_name = "${local.name}-receipts"
  role          = aws_iam_role.receipts.arn
  runtime       = "python3.13"
  handler       = "receipts.handle"
  filename      = "receipts.zip"

  environment {
    variables = {
      RECEIPTS_BUCKET = aws_s3_bucket.receipts.bucket
    }
  }
}

resource "aws_lambda_event_source_mapping" "receipts" {
  event_source_arn = aws_sqs_queue.receipts.arn
  function_name    = aws_lambda_function.receipts.arn
  batch_size       = 10
}
